"""The small company at random, whose rules change too: switched on and taken back while records still wait for them."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from mdm.core.ids import digest
from mdm.core.security import Actor
from mdm.hub.ingest.holding import deciding
from mdm.hub.releases import switching
from mdm.store import releases
from mdm.store.tables import Release
from tests.hub.ingest.holding.customers_loaded import load
from tests.support.hubs import HubUnderTest
from tests.support.stewards_machine import NAMES, PHONES, RECORDS, StewardsMachine, pick

Document = dict[str, Any]
OPERATOR = Actor("otto", frozenset({"operator"}))
HELD_EARLY = {"at_least": 1, "changed": 0.4, "deleted": 0.4, "blanked": 0.4}
AT_ONCE, SLOWLY = 1e9, 1 / 20_000  # records a second: one each five hours, so that rules change beside what waits


def _attribute(name: str, **parts: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        declared = document["declaration"]["attributes"][name]
        declared.update({part: value for part, value in parts.items() if value is not None})
        for part in (part for part, value in parts.items() if value is None):
            declared.pop(part, None)

    return change


def _part(**parts: Any) -> Callable[[Document], None]:
    return lambda document: document["declaration"].update(deepcopy(parts))


def _source(name: str, **parts: Any) -> Callable[[Document], None]:
    return lambda document: document["declaration"]["sources"][name].update(deepcopy(parts))


def _match(threshold: float, review: float) -> Callable[[Document], None]:
    return lambda document: document["match"].update(thresholds={"review": review, "match": threshold})


FADING = {"rule": "most_trusted", "decay": {"curve": "linear", "days": 10}}
CHANGES: Mapping[str, Callable[[Document], None]] = {
    "phone of the first source": _attribute("phone", survivorship={"rule": "source_priority"}),
    "newest phone": _attribute("phone", survivorship={"rule": "most_recent"}),
    "most trusted phone, fading": _attribute("phone", survivorship=FADING),
    "phone is critical": _attribute("phone", critical=True),
    "phone is not critical": _attribute("phone", critical=None),
    "phone as it is written": _attribute("phone", standardizer="text"),
    "phone as a phone": _attribute("phone", standardizer="phone"),
    "phone is confidential": _attribute("phone", classification="confidential"),
    "phone is internal": _attribute("phone", classification="internal"),
    "VAT id is not critical": _attribute("vat_id", critical=None),
    "VAT id is critical": _attribute("vat_id", critical=True),
    "bank accounts of the first source": _attribute("bank_accounts", survivorship={"rule": "source_priority"}),
    "all bank accounts": _attribute("bank_accounts", survivorship=None),
    "new masters need no approval": _part(approval={"creation": []}),
    "new masters need approval": _part(approval={"creation": ["bank_accounts"]}),
    "portal is believed": _source("portal", trust=0.95),
    "portal is not believed": _source("portal", trust=0.2),
    "erp may not blank": _source("erp", may_blank=False),
    "erp may blank": _source("erp", may_blank=True),
    "match late": _match(40.0, 0.0),
    "match early": _match(3.0, 0.0),
    "ask early": _match(7.0, -4.0),
    "match as usual": _match(7.0, 0.0),
}


class RulesMachine(StewardsMachine):
    """Everything that may happen to a handful of suppliers and to the rules they are kept by, in any order."""

    @rule(change=st.sampled_from(sorted(CHANGES)), rate=st.sampled_from([AT_ONCE, AT_ONCE, SLOWLY]))
    def change_rules(self, change: str, rate: float) -> None:
        """Switch rules on that differ from those in force."""
        document = document_in_force(self.hub)
        CHANGES[change](document)
        switch_on(self.hub, document, rate=rate)

    @rule(at=pick, rate=st.sampled_from([AT_ONCE, SLOWLY]))
    def roll_back(self, at: int, rate: float) -> None:
        """Switch earlier rules on once more."""
        with self.hub.hub.begin() as work:
            known = [r.document for r in releases.of_domain(work.session, "supplier") if r.switched_on_at is not None]
        switch_on(self.hub, deepcopy(known[at % len(known)]), rate=rate)

    @initialize()
    def hold_early(self) -> None:
        """Hold loads that change more than a record."""
        document = document_in_force(self.hub)
        for source in document["declaration"]["sources"].values():
            source["hold"] = HELD_EARLY
        switch_on(self.hub, document)

    @rule(
        source=st.sampled_from(["erp", "portal"]), name=st.sampled_from(NAMES), phone=st.sampled_from(PHONES),
        operation=st.sampled_from(["full", "full", "partial", "delete"]), process=st.booleans(),
    )  # fmt: skip
    def load(self, source: str, name: str, phone: str | None, operation: str, *, process: bool) -> None:
        """Let a source send all its records in one file."""
        attributes = {"name": name, "country": "DE"} | ({"phone": phone} if phone else {})
        said = {} if operation == "delete" else {"attributes": attributes}
        facts = []
        for record in (r for r in RECORDS if r[0] == source):
            self.versions[record] = version = self.versions.get(record, 0) + 2
            facts.append({"domain": "supplier", "key": record[1], "version": version, "operation": operation, **said})
        with TemporaryDirectory() as folder:
            file = Path(folder) / f"{source}-{len(self.sent)}.jsonl"
            file.write_text("".join(json.dumps(fact) + "\n" for fact in facts))
            load(self.hub, file, source=source)
        if process:
            self.hub.process()

    @rule(at=pick, decision=st.sampled_from([deciding.release_load, deciding.discard_load]))
    def decide_load(self, at: int, decision: Callable[..., Any]) -> None:
        """Let an operator release a load that is held, or discard it."""
        held = self.hub.rows("SELECT id FROM load WHERE state IN ('held', 'discarded') ORDER BY id")
        if held:
            self._try(lambda work: decision(work, held[at % len(held)][0], reason="asked"), by=OPERATOR)

    @precondition(lambda self: self.versions)
    @rule(
        record=st.sampled_from(RECORDS), name=st.sampled_from(NAMES), phone=st.sampled_from(PHONES),
        days=st.sampled_from([-40, -3, 1, 6, 20]), operation=st.sampled_from(["full", "partial"]),
        process=st.booleans(),
    )  # fmt: skip
    def replace_dated(
        self, record: tuple[str, str], name: str, phone: str | None, days: int, operation: str, *, process: bool
    ) -> None:
        """Let a source say what holds from a day on, whatever it has said of later days."""
        self.versions[record] = version = self.versions.get(record, 0) + 2
        attributes = {"name": name, "country": "DE"} | ({"phone": phone} if phone else {})
        dated = {"effective_from": (self.clock.now + timedelta(days=days)).isoformat(), "replace": True}
        self._send(
            record, {"version": version, "operation": operation, "attributes": attributes, **dated}, process=process
        )


def document_in_force(hub: HubUnderTest, domain: str = "supplier") -> Document:
    """Return the rules of a domain that are in force."""
    with hub.hub.begin() as work:
        release = releases.get(work.session, domain, work.catalog.domain(domain).release)
        assert release is not None
        return deepcopy(release.document)


def keep_draft(hub: HubUnderTest, document: Document) -> int:
    """Keep rules as a draft, and return its number."""
    domain = document["declaration"]["domain"]
    with hub.hub.begin() as work:
        number = releases.last_number(work.session, domain) + 1
        draft = Release(
            domain=domain, number=number, state="draft", hash=digest(document), document=document,
            proposed_by="test", proposed_at=work.now,
        )  # fmt: skip
        releases.add(work.session, draft)
    return number


def switch_on(hub: HubUnderTest, document: Document, *, rate: float = AT_ONCE) -> switching.Switched:
    """Switch rules on as they are; what they concern is due at this rate."""
    number = keep_draft(hub, document)
    with hub.hub.begin() as work:
        return switching.switch_on(work, document["declaration"]["domain"], number, rate=rate)
