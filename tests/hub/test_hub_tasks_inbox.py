"""The inbox: what is seen, in which order, and who has what in hand."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from mdm.core.ids import new_id
from mdm.core.security import Actor, Grant
from mdm.errors import AlreadyDecided, Forbidden, InvalidInput, NotFound, TaskTaken
from mdm.hub.access import create_key
from mdm.hub.tasks import Question, close, hand, inbox, open_or_renew
from mdm.hub.tasks.inbox import Chosen, Shown
from tests.support.hubs import HubUnderTest

LEASE = timedelta(minutes=15)
STELLA, STEVE = (Actor(name, frozenset({"steward"})) for name in ("stella", "steve"))
ANNA = Actor("anna", frozenset({"reader"}))
TREASURER = Actor("tom", frozenset({"approver", "treasury_data_owner"}))
OWNER = "treasury_data_owner"


@pytest.fixture
def master(hub: HubUnderTest) -> UUID:
    hub.send("erp", "1", attributes={"name": "Alfa GmbH", "country": "DE"})
    hub.process()
    return hub.master("erp", "1")


def ask(hub: HubUnderTest, master: UUID, kind: str = "quality_exception", **more: Any) -> UUID:
    """Open a task about a master; of two, the one with the greater probability has the greater consequence."""
    question = Question(master, more.pop("reason", "Something is wrong."), topic=more.pop("topic", "name"), **more)
    with hub.hub.begin() as work:
        open_or_renew(work, work.catalog.domain("supplier"), kind, [question])
    [(task,)] = hub.rows("SELECT id FROM task WHERE kind = %s AND topic = %s", kind, question.topic)
    return task


def listed(hub: HubUnderTest, actor: Actor = STELLA, *, later: timedelta = timedelta(0), **chosen: Any) -> list[Shown]:
    with hub.hub.begin_as(actor) as work:
        now = work.now
        work.clock = lambda: now + later
        return inbox.page(work, Chosen(**chosen))


def ids(found: Sequence[Shown]) -> list[UUID]:
    return [shown.task.id for shown in found]


def next_of(hub: HubUnderTest, actor: Actor, *, later: timedelta = timedelta(0), **wanted: Any) -> UUID | None:
    with hub.hub.begin_as(actor) as work:
        now = work.now
        work.clock = lambda: now + later
        taken = hand.take_next(work, Chosen(**wanted), lease=LEASE)
        return None if taken is None else taken.task.id


def test_greatest_consequence_is_listed_first_and_pages_follow_one_another(hub: HubUnderTest, master: UUID) -> None:
    asked = [ask(hub, master, topic=str(n), probability=share) for n, share in enumerate((0.2, 0.9, 0.33, 0.33))]
    with hub.hub.begin_as(STELLA) as work:
        first = inbox.page(work, Chosen(), limit=2)
        last = first[-1].task
        second = inbox.page(work, Chosen(), after=(last.consequence, last.id))
    assert ids(first + second) == [asked[1], asked[2], asked[3], asked[0]]


def test_filters_choose_by_every_property(hub: HubUnderTest, master: UUID) -> None:
    plain, cycle = ask(hub, master, reason="Looks 100% odd"), ask(hub, master, "cycle", topic="parent", owner="plant")
    assert ids(listed(hub, kind="cycle")) == ids(listed(hub, owner="plant")) == [cycle]
    assert ids(listed(hub, text="100% ODD")) == [plain]
    assert listed(hub, text="100_ odd") == []
    assert set(ids(listed(hub, master=master))) == set(ids(listed(hub, assignee=""))) == {plain, cycle}
    assert listed(hub, master=new_id()) == listed(hub, overdue=True) == listed(hub, severity="critical") == []
    assert set(ids(listed(hub, overdue=True, later=timedelta(days=11)))) == {plain, cycle}


def test_tasks_of_other_domains_are_neither_seen_nor_counted_nor_taken(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master)
    elsewhere = Actor.holding("carl", [Grant("steward", frozenset({"customer"}))])
    assert (listed(hub, elsewhere), next_of(hub, elsewhere)) == ([], None)
    with hub.hub.begin_as(elsewhere) as work:
        assert inbox.counts(work, Chosen()) == []
        with pytest.raises(NotFound):
            inbox.show(work, task)
        with pytest.raises(Forbidden):
            inbox.page(work, Chosen(), domain="supplier")


def test_counts_tell_what_is_overdue(hub: HubUnderTest, master: UUID) -> None:
    ask(hub, master)
    ask(hub, master, topic="country")
    hub.rows("UPDATE task SET due_at = now() - interval '1 day' WHERE topic = 'name' RETURNING 1")
    with hub.hub.begin_as(ANNA) as work:
        (count,) = inbox.counts(work, Chosen())
    assert (count.domain, count.kind, count.tasks, count.overdue) == ("supplier", "quality_exception", 2, 1)


def test_reader_sees_tasks_but_may_not_answer_them(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master)
    (seen,) = listed(hub, ANNA)
    assert (seen.task.id, seen.may_decide) == (task, False)
    assert next_of(hub, ANNA) is None
    with hub.hub.begin_as(ANNA) as work, pytest.raises(Forbidden):
        hand.take(work, task, lease=LEASE)


def test_approval_is_for_its_owner_and_never_for_its_author(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master, "approval", owner=OWNER, evidence={"authors": ["tom"]})
    tina = Actor("tina", TREASURER.roles)
    on_behalf = Actor.holding("ben", [Grant("approver"), Grant(OWNER, delegated_by="tom")])
    may = {a.name: listed(hub, a)[0].may_decide for a in (STELLA, TREASURER, tina, on_behalf)}
    assert may == {"stella": False, "tom": False, "tina": True, "ben": False}
    assert [next_of(hub, actor) for actor in (STELLA, TREASURER, on_behalf, tina)] == [None, None, None, task]


def test_next_task_is_the_greatest_that_nobody_has_in_hand(hub: HubUnderTest, master: UUID) -> None:
    small, great = ask(hub, master, probability=0.1), ask(hub, master, topic="country")
    assert [next_of(hub, STELLA), next_of(hub, STEVE), next_of(hub, Actor("sue", STEVE.roles))] == [great, small, None]
    (shown,) = listed(hub, STEVE, state="leased", text="wrong")[:1]
    assert (shown.state, shown.task.leased_by) == ("leased", "stella")


def test_two_who_ask_at_the_same_moment_get_different_tasks(hub: HubUnderTest, master: UUID) -> None:
    ask(hub, master)
    ask(hub, master, topic="country")
    with ExitStack() as both:
        works = [both.enter_context(hub.hub.begin_as(actor)) for actor in (STELLA, STEVE)]
        taken = [hand.take_next(work, Chosen(), lease=LEASE) for work in works]
    assert len({shown.task.id for shown in taken if shown is not None}) == 2


def test_lease_ends_by_itself_and_can_be_extended(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master)
    assert next_of(hub, STELLA) == task
    with hub.hub.begin_as(STEVE) as work, pytest.raises(TaskTaken, match="stella"):
        hand.take(work, task, lease=LEASE)
    with hub.hub.begin_as(STELLA) as work:
        hand.take(work, task, lease=2 * LEASE)
    assert next_of(hub, STEVE, later=1.5 * LEASE) is None
    assert next_of(hub, STEVE, later=2.1 * LEASE) == task


def test_task_given_back_is_free_and_a_skipped_one_goes_to_others(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master)
    for skip, again in ((False, task), (True, None)):
        assert next_of(hub, STELLA) == task
        with hub.hub.begin_as(STELLA) as work:
            assert hand.give_back(work, task, skip=skip).state == "open"
        assert next_of(hub, STELLA) == again
        if again:
            with hub.hub.begin_as(STELLA) as work:
                hand.give_back(work, task)
    assert next_of(hub, STEVE) == task


def test_deferred_task_is_open_again_by_itself_on_its_date(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master)
    with hub.hub.begin_as(STELLA) as work:
        hand.defer(work, task, until=work.now + timedelta(days=2), reason_code="accepted", note="The source looks")
    assert (listed(hub), ids(listed(hub, state="deferred")), next_of(hub, STEVE)) == ([], [task], None)
    assert ids(listed(hub, later=timedelta(days=3))) == [task]
    assert next_of(hub, STEVE, later=timedelta(days=3)) == task


def test_deferred_or_skipped_task_returns_when_what_it_rests_on_changes(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master)
    with hub.hub.begin_as(STELLA) as work:
        hand.give_back(work, task, skip=True)
        hand.defer(work, task, until=work.now + timedelta(days=2))
    ask(hub, master, reason="Still wrong.")
    assert listed(hub) == []
    ask(hub, master, what_changed={"weight": [1, 9]})
    assert next_of(hub, STELLA) == task


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_deferral_lies_ahead_and_within_a_year(hub: HubUnderTest, master: UUID, days: int) -> None:
    task = ask(hub, master)
    with hub.hub.begin_as(STELLA) as work, pytest.raises(InvalidInput, match="until"):
        hand.defer(work, task, until=work.now + timedelta(days=days))


def test_reason_must_be_one_that_the_kind_of_task_knows(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master)
    with hub.hub.begin_as(STELLA) as work, pytest.raises(InvalidInput, match="typing_error"):
        hand.defer(work, task, until=work.now + timedelta(days=1), reason_code="typing_error")


def test_assigned_task_is_for_its_assignee_alone(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master)
    with hub.hub.begin() as work:
        create_key(work, name="steve", roles=["steward"])
        create_key(work, name="rita", roles=["reader"])
    with hub.hub.begin_as(STELLA) as work:
        hand.assign(work, task, "steve", note="Knows them")
        for nobody in ("rita", "ghost"):
            with pytest.raises(InvalidInput):
                hand.assign(work, task, nobody)
    assert ids(listed(hub, assignee="steve")) == [task]
    assert (listed(hub, assignee=""), next_of(hub, STELLA), next_of(hub, STEVE)) == ([], None, task)


def test_what_stewards_do_with_a_task_is_logged(hub: HubUnderTest, master: UUID) -> None:
    task = ask(hub, master)
    with hub.hub.begin_as(STELLA) as work:
        hand.annotate(work, task, "Ask purchasing")
        hand.assign(work, task, None)
        hand.defer(work, task, until=work.now + timedelta(days=1))
    logged = hub.rows("SELECT action, actor FROM action_log WHERE subject = %s ORDER BY id", f"task/{task}")
    assert logged == [(f"task.{what}", "stella") for what in ("annotated", "assigned", "deferred")]
    assert listed(hub, state="deferred")[0].task.note == "Ask purchasing"


def test_closed_tasks_are_listed_newest_first_and_stay_closed(hub: HubUnderTest, master: UUID) -> None:
    first, second = ask(hub, master), ask(hub, master, topic="country")
    for task in (first, second):
        with hub.hub.begin() as work:
            close(work, [task], outcome="accept", by="stella", reason_code="accepted")
            close(work, [task], outcome="again")
    with hub.hub.begin_as(STEVE) as work:
        (newest,) = inbox.closed(work, Chosen(state="closed"), limit=1)
        at: datetime | None = newest.task.closed_at
        assert at is not None
        (older,) = inbox.closed(work, Chosen(state="closed"), after=(at, newest.task.id))
        with pytest.raises(AlreadyDecided, match="accept"):
            hand.take(work, first, lease=LEASE)
    assert ids([newest, older]) == [second, first]
    assert (older.state, older.task.outcome, older.task.closed_by) == ("closed", "accept", "stella")
