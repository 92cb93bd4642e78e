"""Who may ask for which replay, and who must approve it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from mdm.core.clock import utc_now
from mdm.core.security import Actor
from mdm.errors import AlreadyDecided, InvalidInput, NotFound, OwnChange, UnknownMaster
from mdm.hub.access.delegations import delegate
from mdm.hub.publishing import replays
from mdm.hub.publishing.replays import Selection
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.people import People
from tests.support.servers import ForgetfulPostgres

SUPPLIERS = Selection(domain="supplier")


@pytest.fixture(scope="module")
def of_module(postgres_server: ForgetfulPostgres, prepared_template: str) -> Iterator[HubUnderTest]:
    """A hub with two suppliers and a customer, and its people."""
    dsn = postgres_server.create(template=prepared_template)
    with opened_hub(dsn, prepared=True) as hub:
        for key, name, domain in (
            ("1", "Birkenhof", "supplier"),
            ("2", "Nordwerk", "supplier"),
            ("3", "Acme", "customer"),
        ):
            hub.send(
                "crm" if domain == "customer" else "erp", key, domain=domain, attributes={"name": name, "country": "DE"}
            )
        hub.process()
        people = People(hub)
        for name in ("anna", "ben"):
            people.make(name, "operator")
        people.make("carl", "reader")
        people.make("dora", "operator", domains=["customer"])
        with hub.hub.begin_as(people.actor("anna", "delegating")) as work:
            ends_at = utc_now() + timedelta(days=7)
            delegate(work, taker="carl", roles=["operator"], ends_at=ends_at, reason="Holiday")
        yield hub
    postgres_server.drop(dsn)


@pytest.fixture
def three(of_module: HubUnderTest) -> HubUnderTest:
    """The hub without replays; carl stands in for anna."""
    for table in ("replay_master", "replay", "action_log", "api_key"):
        of_module.rows(f"DELETE FROM {table} RETURNING 1")
    return of_module


@pytest.fixture
def people(three: HubUnderTest) -> People:
    return People(three)


def asked(hub: HubUnderTest, actor: Actor, selection: Selection = SUPPLIERS, **given: object) -> replays.ReplayView:
    with hub.hub.begin_as(actor) as work:
        return replays.request(work, selection=selection, reason="ERP was restored", **given)  # type: ignore[arg-type]


def test_replay_of_a_domain_is_queued_with_its_masters(three: HubUnderTest, people: People) -> None:
    view = asked(three, people.actor("anna"), subscriber="erp-kiel")
    assert (view.state, view.masters, view.domains) == ("queued", 2, ["supplier"])
    assert (view.requested_by, view.subscriber, view.events) == ("anna", "erp-kiel", "newest")


@pytest.mark.parametrize(
    ("selection", "masters"),
    [
        (lambda hub: Selection(masters=(hub.master("erp", "1"),)), 1),
        (lambda _: Selection(since=datetime(2020, 1, 1, tzinfo=UTC)), 3),
        (lambda _: Selection(until=datetime(2020, 1, 1, tzinfo=UTC)), 0),
        (lambda hub: Selection(domain="customer", masters=(hub.master("crm", "3", domain="customer"),)), 1),
    ],
)
def test_selection_narrows_the_masters(
    three: HubUnderTest, people: People, selection: Callable[[HubUnderTest], Selection], masters: int
) -> None:
    assert asked(three, people.actor("anna"), selection(three)).masters == masters


@pytest.mark.parametrize(
    ("selection", "given"),
    [
        (SUPPLIERS, {"reason": "  "}),
        (SUPPLIERS, {"subscriber": "mdm.>"}),
        (SUPPLIERS, {"subscriber": "_"}),
        (Selection(), {}),
        (Selection(since=utc_now(), until=utc_now() - timedelta(days=1)), {}),
    ],
)
def test_replay_nobody_can_mean_is_refused(three: HubUnderTest, selection: Selection, given: dict[str, str]) -> None:
    with three.hub.begin() as work, pytest.raises(InvalidInput):
        replays.request(work, selection=selection, **{"reason": "why not", **given})  # type: ignore[arg-type]


def test_master_of_another_domain_is_not_there(three: HubUnderTest, people: People) -> None:
    with pytest.raises(UnknownMaster):
        asked(three, people.actor("dora"), Selection(masters=(three.master("erp", "1"),)))
    with pytest.raises(NotFound):
        asked(three, people.actor("anna"), Selection(load=uuid4()))


def test_large_replay_waits_for_another_person(three: HubUnderTest, people: People) -> None:
    anna = people.actor("anna")
    waiting = asked(three, anna, approval_above=1)
    assert waiting.state == "waiting"
    for own in (anna, people.actor("anna", "second key"), people.actor("carl")):
        with three.hub.begin_as(own) as work, pytest.raises(OwnChange):
            replays.approve(work, waiting.id)
    with three.hub.begin_as(people.actor("dora")) as work, pytest.raises(NotFound):
        replays.approve(work, waiting.id)
    with three.hub.begin_as(people.actor("ben")) as work:
        approved = replays.approve(work, waiting.id)
    assert (approved.state, approved.approved_by) == ("queued", "ben")
    with three.hub.begin_as(people.actor("ben")) as work, pytest.raises(AlreadyDecided):
        replays.approve(work, waiting.id)


def test_who_asked_through_another_cannot_have_that_one_approve(three: HubUnderTest, people: People) -> None:
    waiting = asked(three, people.actor("carl"), approval_above=1)
    with three.hub.begin_as(people.actor("anna")) as work, pytest.raises(OwnChange):
        replays.approve(work, waiting.id)


def test_cancelled_replay_stays_so_and_is_never_taken(three: HubUnderTest, people: People) -> None:
    queued = asked(three, people.actor("anna"))
    with three.hub.begin_as(people.actor("ben")) as work:
        assert replays.cancel(work, queued.id, note="not needed").state == "cancelled"
    with three.hub.begin() as work:
        assert replays.take(work) is None
        assert [view.state for view in replays.page(work)] == ["cancelled"]
    logged = three.rows("SELECT action, actor, reason FROM action_log WHERE action LIKE 'replay.%%' ORDER BY id")
    assert logged == [
        ("replay.requested", "anna", "ERP was restored"),
        ("replay.cancelled", "ben", "not needed"),
    ]


def test_replay_taken_by_one_is_not_taken_by_another_until_that_is_silent(three: HubUnderTest, people: People) -> None:
    asked(three, people.actor("anna"))
    with three.hub.begin() as work:
        first = replays.take(work)
    with three.hub.begin() as work:
        assert replays.take(work) is None
    three.rows("UPDATE replay SET taken_until = taken_until - interval '1 hour' RETURNING 1")
    with three.hub.begin() as work:
        assert replays.take(work) == first


def test_portion_another_replayer_has_noted_is_not_counted_twice(three: HubUnderTest, people: People) -> None:
    asked(three, people.actor("anna"))
    with three.hub.begin() as work:
        job = replays.take(work)
        assert job is not None
    portion = replays.Portion((), position=str(uuid4()))
    for expected in (True, False):
        with three.hub.begin() as work:
            assert replays.advance(work, job.id, portion, before="", copied=2, sequences=[1, 2]) is expected
    with three.hub.begin() as work:
        assert replays.show(work, job.id).copied == 2


def test_replay_taken_by_a_clock_far_ahead_is_taken_again(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes={"name": "Nordwerk", "country": "DE"})
    hub.process()
    with hub.hub.begin() as work:
        replays.request(work, selection=Selection(domain="supplier"), reason="ERP was restored")
        assert replays.take(work) is not None
        assert replays.take(work) is None
    hub.rows("UPDATE replay SET taken_until = now() + interval '1 day' RETURNING 1")
    with hub.hub.begin() as work:
        assert replays.take(work) is not None
