"""`mdm trace` shows what came of a delivery and how long stages take; a command's actions share one correlation id."""

import json
from collections.abc import Callable

from mdm.hub.publishing import tracing
from tests.support.hubs import HubUnderTest

Run = Callable[..., tuple[int, str, str]]


def published(hub: HubUnderTest) -> int:
    delivery = hub.send("erp", "1", attributes={"name": "Acme GmbH", "country": "DE"})
    hub.process()
    with hub.hub.begin() as work:
        work.connection.execute(
            "UPDATE publishers.outbox SET published_at = created_at + interval '90 s', stream_sequence = seq"
        )
        tracing.measure(work)
    return delivery


def test_a_delivery_is_followed_by_its_number(on_hub: Run, hub: HubUnderTest) -> None:
    delivery = published(hub)
    code, out, _ = on_hub("trace", str(delivery))
    assert code == 0
    for said in ("accepted", f"delivery-{delivery}", "published", "1.5 min", f"supplier/{hub.master('erp', '1')}"):
        assert said in out
    code, out, _ = on_hub("trace", f"delivery-{delivery}", "--json")
    assert [step["kind"] for step in json.loads(out)["steps"]] == ["accepted", "version", "ended", "published"]


def test_stages_are_shown_with_what_waits(on_hub: Run, hub: HubUnderTest) -> None:
    published(hub)
    with hub.hub.begin() as work:
        work.connection.execute("UPDATE propagation SET published_at = published_at - interval '2 minutes'")
        work.connection.execute("UPDATE propagation SET announced_at = announced_at - interval '2 minutes'")
    code, out, _ = on_hub("trace", "--stages", "--domain", "supplier")
    publish = next(line for line in out.splitlines() if "publish" in line)
    assert (code, publish.count("1.5 min")) == (0, 4)


def test_what_is_to_be_shown_must_be_said(on_hub: Run) -> None:
    for words in ((), ("delivery-1", "--stages"), ("--stages", "--hours", "0")):
        code, _, err = on_hub("trace", *words)
        assert (code, "mdm: " in err) == (2, True)
    code, _, err = on_hub("trace", "nobody-knows-this")
    assert (code, "Nothing is known" in err) == (2, True)


def test_all_that_a_command_does_is_logged_under_one_correlation_id(on_hub: Run, hub: HubUnderTest) -> None:
    for name in ("anna", "bert"):
        on_hub("key", "create", name, "--role", "steward")
    logged = hub.rows("SELECT correlation_id, count(*) FROM action_log GROUP BY correlation_id")
    assert len(logged) == 2
    assert all(actions > 1 for _, actions in logged)
