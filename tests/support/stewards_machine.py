"""A small company at random: sources deliver, people decide, time passes; the audit holds after each step."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mdm.core.security import Actor
from mdm.errors import AlreadyDecided, Contradiction, InvalidInput, NotFound
from mdm.hub import redo
from mdm.hub.golden import due
from mdm.hub.golden.occasions import DECAY, ON_TIME
from mdm.hub.stewardship import approvals, identity, values
from mdm.hub.stewardship.decisions import DECISIONS, decide
from mdm.store.records import RecordName
from mdm.store.work import Work
from tests.support.hubs import HubUnderTest

STEWARD = Actor("stella", frozenset({"steward"}))
OWNER = Actor("olga", frozenset({"tax_data_owner", "treasury_data_owner", "procurement_data_owner", "approver"}))
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
NAMES = ("Acme GmbH", "Acme Werke GmbH", "Zenith Handels KG")
VATS = (None, "DE136695976", "DE129273398")
PHONES = (None, "+49 89 5550123", "+49 30 4440999")
IBANS = (None, "DE89370400440532013000", "DE02120300000000202051")
RECORDS = [(source, str(key)) for source in ("erp", "portal", "procurement") for key in (1, 2)]
REFUSALS = (AlreadyDecided, Contradiction, InvalidInput, NotFound)  # what makes no sense must only say so

pick = st.integers(min_value=0, max_value=10_000)


class MovedClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class StewardsMachine(RuleBasedStateMachine):
    """Everything that may happen to a handful of suppliers, in any order."""

    def __init__(self, opened: Callable[[MovedClock], AbstractContextManager[HubUnderTest]]) -> None:
        """Open a hub of its own; `opened` gives one whose clock is ours."""
        super().__init__()
        self.closing = ExitStack()
        self.clock = MovedClock()
        self.hub = self.closing.enter_context(opened(self.clock))
        self.versions: dict[tuple[str, str], int] = {}
        self.sent: list[tuple[str, str, str, dict[str, Any]]] = []

    def teardown(self) -> None:
        """Close the hub."""
        self.closing.close()

    @rule(
        record=st.sampled_from(RECORDS), name=st.sampled_from(NAMES), vat=st.sampled_from(VATS),
        phone=st.sampled_from(PHONES), iban=st.sampled_from(IBANS),
        operation=st.sampled_from(["full", "full", "full", "partial", "delete"]),
        days=st.sampled_from([None, None, None, -30, 2, 9]), process=st.booleans(),
    )  # fmt: skip
    def deliver(self, record: tuple[str, str], operation: str, days: int | None, *, process: bool, **said: Any) -> None:
        """Let a source say something, for now or for a day."""
        self.versions[record] = version = self.versions.get(record, 0) + 2
        given = {"name": said["name"], "country": "DE", "vat_id": said["vat"], "phone": said["phone"]}
        attributes = {name: value for name, value in given.items() if value is not None}
        if said["iban"] is not None:
            attributes["bank_accounts"] = [{"iban": said["iban"]}]
        fact: dict[str, Any] = {"version": version, "operation": operation}
        if operation != "delete":
            fact["attributes"] = attributes
        if days is not None:
            fact["effective_from"] = (self.clock.now + timedelta(days=days)).isoformat()
        self._send(record, fact, process=process)

    @precondition(lambda self: self.sent)
    @rule(at=pick)
    def repeat(self, at: int) -> None:
        """Let a source send a message once more."""
        source, key, message_id, fact = self.sent[at % len(self.sent)]
        self.hub.send(source, key, message_id=message_id, **fact)
        self.hub.process()

    @precondition(lambda self: self.versions)
    @rule(at=pick, phone=st.sampled_from(PHONES[1:]))
    def come_late(self, at: int, phone: str) -> None:
        """Let an older version arrive after newer ones."""
        record = sorted(self.versions)[at % len(self.versions)]
        late = self.versions[record] - 1
        if all(sent[3]["version"] != late or sent[:2] != record for sent in self.sent):
            self._send(record, {"version": late, "operation": "partial", "attributes": {"phone": phone}}, process=True)

    @rule(one=pick, other=pick)
    def merge(self, one: int, other: int) -> None:
        """Let a steward merge two masters."""
        if (living := self._masters("active")) and len(living) > 1:
            pair = [living[one % len(living)], living[other % len(living)]]
            self._try(lambda work: identity.merge(work, "supplier", pair, reason="same"))

    @rule(at=pick)
    def unmerge(self, at: int) -> None:
        """Let a steward bring a merged master back."""
        if merged := self._masters("merged"):
            self._try(lambda work: identity.unmerge(work, "supplier", merged[at % len(merged)], reason="not same"))

    @rule(at=pick)
    def split(self, at: int) -> None:
        """Let a steward take a record out of its master."""
        if linked := self._linked():
            source, key, master = linked[at % len(linked)]
            name = RecordName("supplier", source, key)
            self._try(lambda work: identity.split(work, "supplier", master, [name], reason="another"))

    @rule(at=pick, to=pick)
    def relink(self, at: int, to: int) -> None:
        """Let a steward move a record to another master."""
        if (linked := self._linked()) and (living := self._masters("active")):
            source, key, _ = linked[at % len(linked)]
            name, target = RecordName("supplier", source, key), living[to % len(living)]
            self._try(lambda work: identity.relink(work, "supplier", name, target, reason="belongs there"))

    @rule(
        at=pick, attribute=st.sampled_from(["phone", "vat_id"]), value=pick, days=st.sampled_from([None, 3]),
        agreed=st.sampled_from([None, (), ("erp",)]), review=st.sampled_from([None, 2]),
    )  # fmt: skip
    def pin(self, at: int, attribute: str, value: int, days: int | None, **ends: Any) -> None:
        """Let a steward pin a value, for good or for some days, until a source agrees or it is reviewed."""
        if living := self._masters("active"):
            choices = (PHONES if attribute == "phone" else VATS)[1:]
            expires = None if days is None else self.clock.now + timedelta(days=days)
            given = {attribute: choices[value % len(choices)]}
            review = None if ends["review"] is None else self.clock.now + timedelta(days=ends["review"])
            terms = values.Terms(expires_at=expires, until_agreed_by=ends["agreed"], review_at=review)
            master = living[at % len(living)]
            self._try(lambda work: values.pin(work, "supplier", master, given, reason="known better", terms=terms))

    @rule(at=pick)
    def unpin(self, at: int) -> None:
        """Let a steward release a value."""
        if pinned := self.hub.rows("SELECT master_id, attribute FROM override WHERE ended_at IS NULL ORDER BY id"):
            master, attribute = pinned[at % len(pinned)]
            self._try(lambda work: values.unpin(work, "supplier", master, [attribute], reason="no longer"))

    @rule(at=pick, choice=st.sampled_from(["approve", "approve", "reject"]), dated=st.booleans())
    def decide_request(self, at: int, choice: Any, *, dated: bool) -> None:
        """Let the owner decide about a change request."""
        with self.hub.hub.begin_as(OWNER) as work:
            waiting = approvals.list_requests(work)
            if waiting:
                request = waiting[at % len(waiting)]
                how: Any = "as_dated" if dated else "from_approval"
                approvals.decide_request(work, request.id, choice, digest=request.digest, effective=how)

    @rule(at=pick, answer=pick)
    def answer_task(self, at: int, answer: int) -> None:
        """Let a steward answer a task."""
        asked = "SELECT id, kind FROM task WHERE closed_at IS NULL AND kind <> 'approval' ORDER BY id"
        if waiting := self.hub.rows(asked):
            task, kind = waiting[at % len(waiting)]
            decision = DECISIONS[kind][answer % len(DECISIONS[kind])]
            self._try(lambda work: decide(work, task, decision))

    @rule(at=pick)
    def retire_or_reinstate(self, at: int) -> None:
        """Let a steward retire a master, or take it back into use."""
        found = self.hub.rows("SELECT id, status FROM master WHERE status <> 'merged' ORDER BY id")
        if found:
            master, status = found[at % len(found)]
            act = values.reinstate if status == "retired" else values.retire
            self._try(lambda work: act(work, "supplier", master, reason="use"))

    @rule(at=pick, value=pick, start=st.sampled_from([None, -20, 4]), length=st.sampled_from([None, 3, 30]))
    def pin_dated(self, at: int, value: int, start: int | None, length: int | None) -> None:
        """Let a steward pin a critical list over some time."""
        if living := self._masters("active"):
            begin = None if start is None else self.clock.now + timedelta(days=start)
            end = None if length is None else (begin or self.clock.now) + timedelta(days=length)
            master = living[at % len(living)]
            terms = values.Terms(valid_from=begin, valid_to=end)
            given = {"bank_accounts": [{"iban": IBANS[1:][value % 2]}]}
            self._try(lambda work: values.pin(work, "supplier", master, given, reason="letter", terms=terms))

    @rule(at=pick)
    def withdraw(self, at: int) -> None:
        """Let a steward take a proposal back."""
        found = self.hub.rows("SELECT id FROM change_request WHERE kind = 'person' AND state = 'open' ORDER BY id")
        if found:
            self._try(lambda work: approvals.withdraw_request(work, found[at % len(found)][0]))

    @rule(one=pick, other=pick)
    def merge_anything(self, one: int, other: int) -> None:
        """Let a steward merge masters by any ids, old ones too."""
        ids = [row[0] for row in self.hub.rows("SELECT id FROM master ORDER BY id")]
        if len(ids) > 1:
            pair = [ids[one % len(ids)], ids[other % len(ids)]]
            self._try(lambda work: identity.merge(work, "supplier", pair, reason="same"))

    @rule(days=st.sampled_from([1, 3, 10]))
    def time_passes(self, days: int) -> None:
        """Let days go by, and the clock do what became due."""
        self.clock.now += timedelta(days=days)
        while due.advance(self.hub.hub.begin, reasons=(*ON_TIME, DECAY)):
            pass
        while redo.process_due(self.hub.hub.begin):
            pass

    @invariant()
    def everything_holds(self) -> None:
        """Prove every invariant."""
        broken = self.hub.broken()
        assert not broken, broken
        assert self.hub.rows("SELECT count(*) FROM delivery WHERE state = 'quarantined'") == [(0,)]

    def _send(self, record: tuple[str, str], fact: dict[str, Any], *, process: bool) -> None:
        message_id = f"m{len(self.sent)}"
        self.sent.append((*record, message_id, fact))
        self.hub.send(*record, message_id=message_id, **fact)
        if process:
            self.hub.process()

    def _try(self, operation: Callable[[Work], Any], *, by: Actor = STEWARD) -> None:
        self.hub.process()
        try:
            with self.hub.hub.begin_as(by) as work:
                operation(work)
        except REFUSALS:
            pass

    def _masters(self, status: str) -> list[UUID]:
        self.hub.process()
        return [row[0] for row in self.hub.rows("SELECT id FROM master WHERE status = %s ORDER BY id", status)]

    def _linked(self) -> list[tuple[str, str, UUID]]:
        self.hub.process()
        linked = (
            "SELECT r.source, r.source_key, c.master_id FROM crosswalk c JOIN source_record r ON r.id = c.record_id"
            " WHERE c.until_version IS NULL ORDER BY r.id"
        )
        return [(row[0], row[1], row[2]) for row in self.hub.rows(linked)]
