"""Releases are tried over HTTP."""

from functools import partial
from uuid import UUID

import pytest

from mdm import bootstrap
from mdm.core.ids import new_id
from mdm.hub.releases import simulation
from mdm.settings import Settings
from tests.entrypoints.api.calling import Api

PATCH = {"declaration": {"attributes": {"phone": {"survivorship": {"rule": "source_priority"}}}}}


@pytest.fixture
def releases(api: Api) -> str:
    """The address of the releases of customers, with a draft."""
    path = "/v1/domains/customer/releases"
    api.post(path, json={"patch": PATCH, "reason": "The ERP knows better"})
    return path


def test_release_is_tried_and_shows_what_it_would_do(api: Api, releases: str) -> None:
    api.master(attributes={"phone": "+49 30 1234567"})
    path = f"{releases}/2/simulations"
    asked = api.post(path, role="operator")
    assert (asked.status_code, asked.json()["state"], asked.json()["figures"]) == (202, "queued", None)
    assert api.post(path, role="approver").json()["id"] == asked.json()["id"]
    taken = simulation.take(api.hub.begin)
    assert taken == UUID(asked.json()["id"])
    simulation.simulate(api.hub.begin, taken, simulation.Means(partial(bootstrap.open_hub, Settings(), "unused")))
    done = api.get(f"{path}/{taken}", role="reader").json()
    assert (done["state"], done["progress"], done["against"], done["outcome"]) == ("done", 1.0, 1, None)
    assert done["figures"]["masters"] == {
        "looked_at": 1, "rebuilt": 1, "unannounced": 1,
        **dict.fromkeys(("changed", "critical", "merged", "split", "new", "held"), 0),
    }  # fmt: skip
    assert api.get(path).json() == [done]


def test_simulation_is_cancelled(api: Api, releases: str) -> None:
    path = f"{releases}/2/simulations"
    asked = api.post(path).json()
    cancelled = api.post(f"{path}/{asked['id']}/cancel", role="operator")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert api.post(f"{path}/{asked['id']}/cancel").json()["type"] == "/problems/already_decided"


def test_only_what_is_there_is_tried_by_who_may(idle_api: Api) -> None:
    path = "/v1/domains/customer/releases"
    assert idle_api.post(f"{path}/9/simulations").status_code == 404
    assert idle_api.post(f"{path}/1/simulations").json()["type"] == "/problems/already_decided"
    assert idle_api.post(f"{path}/1/simulations", role="reader").status_code == 403
    assert idle_api.get(f"{path}/1/simulations/{new_id()}").status_code == 404
    assert idle_api.get("/v1/domains/nothing/releases/1/simulations").status_code == 404
