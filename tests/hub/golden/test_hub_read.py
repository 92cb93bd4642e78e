"""Golden records at any valid and recorded time, against replaying what was delivered when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from mdm import bootstrap
from mdm.core.security import Actor
from mdm.errors import Forbidden, InvalidInput, UnknownDomain, UnknownMaster
from mdm.hub.golden import read
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest

DAY_0 = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 24
SAME = {"name": "Acme Werke GmbH", "country": "DE", "vat_id": "DE136695976", "email": "info@acme-werke.de"}


def day(n: float) -> datetime:
    return DAY_0 + timedelta(days=n)


class Calendar:
    """A clock that stands still until it is set; every look at it takes a moment."""

    def __init__(self) -> None:
        self.now = DAY_0

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def dated(database: str, calendar: Calendar) -> Iterator[HubUnderTest]:
    """A hub that lives by the calendar."""
    bootstrap.prepare(Settings(), database)
    with bootstrap.open_hub(Settings(), database, clock=calendar) as hub:
        yield HubUnderTest(hub, database)


def tell(hub: HubUnderTest, calendar: Calendar, on: float, source: str, key: str, **fact: Any) -> None:
    calendar.now = day(on)
    hub.send(source, key, **fact)
    hub.process()


@dataclass(frozen=True)
class Told:
    """A source says on a day that the industry is something, from a day on."""

    on: int
    source: str
    version: int
    value: str
    effective: int | None

    @property
    def start(self) -> int:
        return self.on if self.effective is None else self.effective


def replayed(history: list[Told], valid: int, known: int) -> str | None:
    """Read, as of `known`, what each source said about the day `valid`, best source first."""
    for source in ("erp", "procurement", "portal"):
        entries: dict[int, Told] = {}
        for told in sorted((t for t in history if t.source == source and t.on <= known), key=lambda t: t.version):
            standing = {
                s: t for s, t in entries.items() if s < told.start or (t.effective is not None and s > told.start)
            }
            entries = {**standing, told.start: told}
        begun = [start for start in entries if start <= valid]
        if begun:
            return entries[max(begun)].value
    return None


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.chaos) for seed in range(1, 10))])
def test_any_valid_and_known_day_is_what_replaying_gives(dated: HubUnderTest, calendar: Calendar, seed: int) -> None:
    random = Random(seed)
    history: list[Told] = []
    for n in range(12):
        on = n * 2
        effective = random.choice([None, random.randrange(DAYS + 6)])
        told = Told(on, random.choice(["erp", "procurement", "portal"]), n, random.choice("ABC"), effective)
        history.append(told)
        start = {} if effective is None else {"effective_from": day(effective).isoformat()}
        attributes = {**SAME, "industry": told.value}
        tell(
            dated,
            calendar,
            on,
            told.source,
            "1",
            version=n,
            source_time=day(on).isoformat(),
            attributes=attributes,
            **start,
        )
    first = history[0]
    master = dated.master(first.source, "1")
    for known in range(0, DAYS + 2, 2):
        for valid in range(DAYS + 8):
            with dated.hub.begin() as work:
                found = read.read(work, "supplier", master, valid_at=day(valid + 0.5), known_at=day(known + 0.5))
            assert found.attributes.get("industry") == replayed(history, valid, known), (valid, known)
    assert dated.broken() == []


@pytest.fixture
def merged(dated: HubUnderTest, calendar: Calendar) -> dict[str, UUID]:
    """The masters of two suppliers that turn out to be one on day 20: the survivor, and who was merged into it."""
    tell(dated, calendar, 1, "erp", "1", version=1, attributes=SAME)
    tell(dated, calendar, 10, "portal", "p", version=1, attributes={"name": "Rossi Srl", "country": "IT"})
    found = {"survivor": dated.master("erp", "1"), "merged": dated.master("portal", "p")}
    tell(dated, calendar, 20, "portal", "p", version=2, attributes={**SAME, "industry": "Metal"})
    assert dated.master("portal", "p") == found["survivor"]
    return found


def view(hub: HubUnderTest, master: UUID, known: float | None = None) -> Any:
    with hub.hub.begin() as work:
        return read.read(work, "supplier", master, known_at=None if known is None else day(known))


def test_merged_id_is_answered_with_its_survivor(dated: HubUnderTest, merged: dict[str, UUID]) -> None:
    found = view(dated, merged["merged"])
    assert (found.master_id, found.status) == (merged["survivor"], "active")
    assert found.aliases == [merged["merged"]]
    assert [(link.source, link.key) for link in found.crosswalk] == [("erp", "1"), ("portal", "p")]


def test_merged_id_was_itself_before_it_was_merged(dated: HubUnderTest, merged: dict[str, UUID]) -> None:
    found = view(dated, merged["merged"], known=15)
    assert (found.master_id, found.attributes["name"]) == (merged["merged"], "Rossi Srl")
    assert [(link.source, link.key) for link in found.crosswalk] == [("portal", "p")]


def test_survivor_had_no_alias_before_the_merge(dated: HubUnderTest, merged: dict[str, UUID]) -> None:
    before, after = view(dated, merged["survivor"], known=15), view(dated, merged["survivor"], known=21)
    assert (before.version, before.aliases, len(before.crosswalk)) == (1, [], 1)
    assert (after.version, after.aliases, len(after.crosswalk)) == (2, [merged["merged"]], 2)


def test_id_was_unknown_before_its_first_version(dated: HubUnderTest, merged: dict[str, UUID]) -> None:
    for master, known in ((merged["survivor"], 0.5), (merged["merged"], 9)):
        with pytest.raises(UnknownMaster, match="not yet known then"):
            view(dated, master, known)


def test_chain_of_merges_leads_to_its_end(dated: HubUnderTest, calendar: Calendar, merged: dict[str, UUID]) -> None:
    tell(dated, calendar, 0.5, "procurement", "x", version=1, attributes={"name": "Old Ltd", "country": "GB"})
    oldest = dated.master("procurement", "x")
    tell(dated, calendar, 30, "procurement", "x", version=2, attributes=SAME)
    assert {view(dated, master).master_id for master in (*merged.values(), oldest)} == {oldest}
    assert view(dated, merged["merged"], known=25).master_id == merged["survivor"]
    assert sorted(view(dated, oldest).aliases) == sorted(merged.values())


def test_versions_of_a_merged_id_stay_its_own_newest_first(dated: HubUnderTest, merged: dict[str, UUID]) -> None:
    with dated.hub.begin() as work:
        found = read.versions(work, "supplier", merged["merged"])
        older = read.versions(work, "supplier", merged["merged"], before=2, limit=1)
    assert [(v.version, v.event_type, v.merged_into) for v in found] == [
        (2, "identity.merged", merged["survivor"]),
        (1, "golden.changed", None),
    ]
    assert [v.version for v in older] == [1]


def test_record_deleted_later_was_not_deleted_then(dated: HubUnderTest, calendar: Calendar) -> None:
    tell(dated, calendar, 1, "erp", "1", version=1, attributes=SAME)
    tell(dated, calendar, 2, "portal", "p", version=1, attributes=SAME | {"industry": "Metal"})
    tell(dated, calendar, 20, "portal", "p", version=2, operation="delete")
    master = dated.master("erp", "1")
    assert [link.deleted_at for link in view(dated, master).crosswalk] == [None, day(20) + timedelta(microseconds=1)]
    assert [link.deleted_at for link in view(dated, master, known=15).crosswalk] == [None, None]


def test_outside_its_validity_a_golden_record_is_empty(dated: HubUnderTest, calendar: Calendar) -> None:
    tell(dated, calendar, 1, "erp", "1", version=1, effective_from=day(10).isoformat(), attributes=SAME)
    before = dated.golden("erp", "1", valid_at=day(9))
    after = dated.golden("erp", "1", valid_at=day(10))
    assert (before.attributes, before.provenance, before.valid_from, before.valid_to) == ({}, {}, None, day(10))
    assert (after.attributes["name"], after.valid_from, after.valid_to) == (SAME["name"], day(10), None)


def test_without_a_valid_day_the_known_day_is_meant(dated: HubUnderTest, calendar: Calendar) -> None:
    tell(dated, calendar, 1, "erp", "1", version=1, attributes=SAME | {"industry": "A"})
    tell(dated, calendar, 10, "erp", "1", version=2, attributes=SAME | {"industry": "B"})
    calendar.now = day(50)
    assert dated.golden("erp", "1", known_at=day(5)).attributes["industry"] == "A"
    assert dated.golden("erp", "1").attributes["industry"] == "B"


def test_unknown_domains_masters_and_records_are_named(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=SAME)
    hub.process()
    master = hub.master("erp", "1")
    with hub.hub.begin() as work:
        with pytest.raises(UnknownDomain, match="Did you mean `supplier`"):
            read.read(work, "suplier", master)
        with pytest.raises(UnknownMaster, match="There is no customer with the id"):
            read.read(work, "customer", master)
        with pytest.raises(UnknownMaster, match="linked to erp/2"):
            read.find(work, "supplier", "erp", "2")
        with pytest.raises(UnknownMaster):
            read.versions(work, "supplier", UUID(int=1))


def test_who_reads_customers_reads_no_suppliers(hub: HubUnderTest) -> None:
    anna = Actor("anna", frozenset({"reader"}), frozenset({"customer"}))
    with hub.hub.begin_as(anna) as work:
        assert read.search(work, "customer", None) == []
        for ask in (read.search, read.read, read.versions):
            with pytest.raises(Forbidden):
                ask(work, "supplier", "x")  # type: ignore[operator]
        with pytest.raises(Forbidden):
            read.find(work, "supplier", "erp", "1")


@pytest.fixture
def four(hub: HubUnderTest) -> HubUnderTest:
    """A hub with four suppliers that have little in common."""
    for key, name, city in (
        ("1", "Müller 100% GmbH", "München"), ("2", "Moulin_Rouge SA", "Paris"),
        ("3", "東京工業 KK", "Tokyo"), ("4", "C:\\Works Ltd", "Leeds"),
    ):  # fmt: skip
        hub.send("erp", key, attributes={"name": name, "address": {"city": city}})
    hub.process()
    return hub


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("muller", "1"), ("MÜLLER  munchen", "1"), ("muller paris", ""), ("100%", "1"), ("%%", ""), ("moulin_", "2"),
        ("__", ""), ("c:\\works", "4"), ("東京", "3"), ("ltd", "4"), (None, "1234"),
    ],
)  # fmt: skip
def test_search_finds_every_word_as_it_is_written(four: HubUnderTest, text: str | None, keys: str) -> None:
    with four.hub.begin() as work:
        found = read.search(work, "supplier", text)
    assert {f.master_id for f in found} == {four.master("erp", key) for key in keys}


def test_search_goes_on_after_the_last_id(four: HubUnderTest) -> None:
    with four.hub.begin() as work:
        first = read.search(work, "supplier", None, limit=3)
        rest = read.search(work, "supplier", None, after=first[-1].master_id)
    assert [len(first), len(rest)] == [3, 1]
    assert [f.master_id for f in (*first, *rest)] == sorted(f.master_id for f in (*first, *rest))


def test_search_for_next_to_nothing_is_refused(hub: HubUnderTest) -> None:
    for text in ("", " ", "a", " a "):
        with pytest.raises(InvalidInput, match="at least 2"), hub.hub.begin() as work:
            read.search(work, "supplier", text)


def test_merged_master_is_not_found_by_searching(dated: HubUnderTest, merged: dict[str, UUID]) -> None:
    with dated.hub.begin() as work:
        assert [f.master_id for f in read.search(work, "supplier", None)] == [merged["survivor"]]
        assert read.search(work, "supplier", "rossi") == []
