from uuid import UUID, uuid4

import orjson
import pytest

from mdm.core.ids import digest
from publishers import Event, outbox
from publishers import body as bodies
from tests.entrypoints.api.calling import Api
from tests.publishers.events import an_event

WHOLE = orjson.dumps({"slices": [{"attributes": {"name": "x" * 2_000_000}}]})


def announce_large(api: Api, domain: str = "item") -> Event:
    number = uuid4()
    subject = f"mdm.golden.v1.{domain}.{uuid4()}"
    event = an_event(subject, id=number, data=b"{}", dataref=f"/v1/events/{number}/body", full=WHOLE)
    with api.hub.begin() as work:
        outbox.append(work.connection, [event])
    return event


def test_reference_of_an_event_leads_to_its_exact_bytes(api: Api) -> None:
    event = announce_large(api)
    answer = api.get(event.dataref or "", role="reader")
    assert (answer.status_code, answer.content) == (200, WHOLE)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == f'"{event.full_digest}"' == f'"{digest(WHOLE)}"'
    assert api.get(event.dataref or "", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_body_that_a_newer_event_has_replaced_is_gone(api: Api) -> None:
    event = announce_large(api)
    with api.hub.begin() as work:
        work.connection.execute("DELETE FROM publishers.outbox")
        bodies.drop_outdated(work.connection, limit=10)
    answer = api.get(event.dataref or "")
    assert (answer.status_code, answer.json()["type"]) == (410, "/problems/body_gone")
    assert "newer event" in answer.json()["hint"]


@pytest.mark.parametrize("event_id", [UUID(int=7), uuid4()])
def test_event_without_a_body_is_not_found(api: Api, event_id: UUID) -> None:
    answer = api.get(f"/v1/events/{event_id}/body")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown_body")


def test_body_of_another_domain_is_not_shown(api: Api) -> None:
    event = announce_large(api, domain="item")
    assert api.get(event.dataref or "", role="limited").status_code == 403
