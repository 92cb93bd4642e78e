from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mdm.core.security import Actor
from mdm.errors import AlreadyDecided, Contradiction, Forbidden, InvalidInput, NotFound
from mdm.hub.publishing import dead_letters, replays
from mdm.hub.publishing.dead_letters import Chosen, Decided, Filter, Letter, decisions
from publishers import Stored
from tests.support.hubs import HubUnderTest
from tests.support.letters import all_letters, give_up, newest, publish

OPERATOR = Actor("olga", frozenset({"operator"}))
OF_CUSTOMERS = Actor("carl", frozenset({"operator"}), domains=frozenset({"customer"}))
READER = Actor("rita", frozenset({"reader"}))


@pytest.fixture
def announced(hub: HubUnderTest) -> HubUnderTest:
    """A hub that has published two suppliers."""
    for key, name in (("1", "Acme GmbH"), ("2", "Rossi Srl")):
        hub.send("erp", key, version=1, attributes={"name": name, "country": "DE"})
    hub.process()
    publish(hub)
    return hub


def one(hub: HubUnderTest, letter_id: int) -> Letter:
    with hub.hub.begin() as work:
        return dead_letters.show(work, letter_id).letter


def decide(hub: HubUnderTest, decision: Any, *ids: int, group: str | None = None, actor: Actor = OPERATOR) -> Decided:
    with hub.hub.begin_as(actor) as work:
        return decision(work, Chosen(ids=ids, group=group), reason="mended")


def move_on(hub: HubUnderTest, key: str, version: int) -> None:
    hub.send("erp", key, version=version, attributes={"name": f"Acme {version} GmbH", "country": "DE"})
    hub.process()
    publish(hub)


def test_letter_about_the_newest_version_is_critical(announced: HubUnderTest) -> None:
    found = one(announced, give_up(announced.hub, newest(announced, "1")))
    assert (found.state, found.severity, found.version, found.newest) == ("open", "critical", 1, 1)


@pytest.mark.parametrize(("above", "state"), [(1, "waiting"), (2, "queued")])
def test_replay_of_many_letters_waits_for_the_approval_of_another(
    announced: HubUnderTest, monkeypatch: pytest.MonkeyPatch, above: int, state: str
) -> None:
    monkeypatch.setattr(decisions, "AT_ONCE", 1)  # each of the replays is for one master
    ids = tuple(give_up(announced.hub, newest(announced, key)) for key in ("1", "2"))
    with announced.hub.begin_as(OPERATOR) as work:
        decided = dead_letters.replay(work, Chosen(ids=ids), reason="mended", approval_above=above)
        assert [replays.show(work, made).state for made in decided.replays] == [state] * 2


def test_newer_version_supersedes_a_letter_whenever_it_comes(announced: HubUnderTest) -> None:
    message = newest(announced, "1")
    early = give_up(announced.hub, message)
    move_on(announced, "1", 2)
    late = give_up(announced.hub, message, subscriber="other")
    for letter_id in (early, late):
        assert (one(announced, letter_id).state, one(announced, letter_id).severity) == ("superseded", "minor")
    with announced.hub.begin() as work:
        assert dead_letters.settle(work) == 2
    assert announced.rows("SELECT DISTINCT state FROM dead_letter") == [("superseded",)]


def test_newer_version_given_up_too_is_the_one_that_counts(announced: HubUnderTest) -> None:
    early = give_up(announced.hub, newest(announced, "1"))
    move_on(announced, "1", 2)
    late = give_up(announced.hub, newest(announced, "1"))
    assert (one(announced, early).severity, one(announced, late).severity) == ("minor", "critical")


def test_same_message_given_up_again_counts_once(announced: HubUnderTest) -> None:
    first = give_up(announced.hub, newest(announced, "1"))
    again = give_up(announced.hub, newest(announced, "1"))
    assert [one(announced, n).state for n in (first, again)] == ["superseded", "open"]


def test_replay_is_asked_for_this_subscriber_and_this_master(announced: HubUnderTest) -> None:
    letter_id = give_up(announced.hub, newest(announced, "1"))
    decided = decide(announced, dead_letters.replay, letter_id)
    with announced.hub.begin() as work:
        asked = replays.show(work, decided.replays[0])
    assert (asked.subscriber, asked.masters, asked.requested_by) == ("erp-loader", 1, "olga")
    assert asked.selection["masters"] == [str(announced.master("erp", "1"))]
    assert one(announced, letter_id).state == "replaying"


def test_letter_follows_its_replays_until_one_is_done(announced: HubUnderTest) -> None:
    letter_id = give_up(announced.hub, newest(announced, "1"))
    for ended, state in (("failed", "open"), ("cancelled", "open"), ("done", "replayed")):
        decide(announced, dead_letters.replay, letter_id)
        announced.rows("UPDATE replay SET state = %s WHERE state = 'queued' RETURNING 1", ended)
        assert one(announced, letter_id).state == state
        with announced.hub.begin() as work:
            dead_letters.settle(work)
        assert one(announced, letter_id).state == state


def test_nothing_is_decided_twice(announced: HubUnderTest) -> None:
    for key, decision in (("1", dead_letters.replay), ("2", dead_letters.discard)):
        letter_id = give_up(announced.hub, newest(announced, key))
        decide(announced, decision, letter_id)
        for again in (dead_letters.replay, dead_letters.discard):
            with pytest.raises(AlreadyDecided):
                decide(announced, again, letter_id)


def test_one_that_cannot_be_decided_keeps_all_from_it(announced: HubUnderTest) -> None:
    letter_id = give_up(announced.hub, newest(announced, "1"))
    with pytest.raises(NotFound):
        decide(announced, dead_letters.discard, letter_id, 99)
    assert one(announced, letter_id).state == "open"


def test_group_is_replayed_by_subscriber_in_one_go(announced: HubUnderTest) -> None:
    ids = [give_up(announced.hub, newest(announced, key), reason=f"vendor {key}4711 unknown") for key in ("1", "2")]
    [group] = {one(announced, n).fingerprint for n in ids}
    decided = decide(announced, dead_letters.replay, group=group)
    assert (decided.letters, len(decided.replays)) == (2, 1)
    logged = "SELECT subject, domain, reason FROM action_log WHERE action = 'dead_letter.replayed'"
    assert announced.rows(logged) == [(f"dead-letter-group/{group}", "supplier", "mended")]
    with pytest.raises(NotFound):
        decide(announced, dead_letters.replay, group=group)


def test_causes_differ_by_subscriber_and_words(announced: HubUnderTest) -> None:
    for subscriber, reason in (("a", "no group"), ("b", "no group"), ("a", "no country"), ("a", "no group")):
        give_up(announced.hub, newest(announced, "1"), subscriber=subscriber, reason=reason)
    with announced.hub.begin() as work:
        found = dead_letters.groups(work, Filter())
    assert [(g.subscriber, g.reason, g.letters, g.critical) for g in found] == [
        ("a", "no group", 2, 1), ("a", "no country", 1, 0), ("b", "no group", 1, 1),
    ]  # fmt: skip


def test_what_is_no_event_of_a_master_can_only_be_discarded(announced: HubUnderTest) -> None:
    foreign = Stored("mdm.golden.v1.supplier.x", {}, b"hello", 1, datetime.now(UTC))
    letter_id = give_up(announced.hub, foreign)
    assert one(announced, letter_id).severity == "major"
    with pytest.raises(Contradiction):
        decide(announced, dead_letters.replay, letter_id)
    decide(announced, dead_letters.discard, letter_id)
    assert (one(announced, letter_id).state, one(announced, letter_id).decided_by) == ("discarded", "olga")


def test_copied_event_given_up_is_a_letter_of_whom_it_was_for(announced: HubUnderTest) -> None:
    message = newest(announced, "1")
    tail = message.subject.removeprefix("mdm.golden.v1.")
    copied = replace(message, subject=f"mdm.replay.v1.r1.wms.{tail}", headers={**message.headers, "ce-replay": "r1"})
    found = one(announced, give_up(announced.hub, copied, subscriber="some-consumer", stream="MDM_REPLAY"))
    assert (found.subscriber, found.subject, found.severity) == ("wms", message.subject, "critical")


def test_letters_of_other_domains_are_not_there(announced: HubUnderTest) -> None:
    letter_id = give_up(announced.hub, newest(announced, "1"))
    with announced.hub.begin_as(OF_CUSTOMERS) as work:
        assert dead_letters.page(work, Filter()) == []
        assert dead_letters.groups(work, Filter()) == []
        with pytest.raises(NotFound):
            dead_letters.show(work, letter_id)
    with pytest.raises(NotFound):
        decide(announced, dead_letters.discard, letter_id, actor=OF_CUSTOMERS)
    with pytest.raises(Forbidden):
        decide(announced, dead_letters.discard, letter_id, actor=READER)


def test_a_reason_is_needed(announced: HubUnderTest) -> None:
    letter_id = give_up(announced.hub, newest(announced, "1"))
    with announced.hub.begin() as work, pytest.raises(InvalidInput):
        dead_letters.discard(work, Chosen(ids=(letter_id,)), reason=" ")


def test_body_is_shown_without_what_has_become_confidential(announced: HubUnderTest) -> None:
    message = newest(announced, "1")
    body = message.data.replace(b'"name":', b'"bank_accounts":[{"iban":"DE89370400440532013000"}],"name":', 1)
    letter_id = give_up(announced.hub, replace(message, data=body))
    with announced.hub.begin_as(OPERATOR) as work:
        shown = dead_letters.show(work, letter_id)
    assert shown.masked
    assert "DE89370400440532013000" not in str(shown.body)
    assert "Acme" in str(shown.body)
    assert shown.headers["ce-version"] == "1"


def test_settled_letters_are_forgotten_after_a_while(announced: HubUnderTest) -> None:
    letter_id = give_up(announced.hub, newest(announced, "1"))
    give_up(announced.hub, newest(announced, "2"))
    decide(announced, dead_letters.discard, letter_id)
    announced.rows(
        "UPDATE dead_letter SET decided_at = decided_at - interval '100 days' WHERE id = %s RETURNING 1", letter_id
    )
    with announced.hub.begin() as work:
        assert dead_letters.settle(work) == 1
    assert [letter.state for letter in all_letters(announced)] == ["open"]


DAMAGES = {
    "state = 'lost'": "is lost without such a state",
    "state = 'superseded'": "is superseded without a newer version",
    "state = 'replayed'": "is replayed without a replay that is done",
    "state = 'discarded'": "is discarded without who said so and why",
    "subscriber = NULL": "does not say who gave which message up",
}


def test_letter_that_only_seems_settled_is_found_by_the_audit(announced: HubUnderTest) -> None:
    give_up(announced.hub, newest(announced, "1"))
    assert announced.broken() == []
    for damage, finding in DAMAGES.items():
        announced.rows(f"UPDATE dead_letter SET {damage} RETURNING 1")
        assert finding in str(announced.broken())
        announced.rows("UPDATE dead_letter SET state = 'open', subscriber = 'erp-loader' RETURNING 1")
