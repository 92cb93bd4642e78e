from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from mdm.core.security import Actor
from mdm.errors import Forbidden, NotFound, UnknownFile, UnknownSource, UnreadableFile
from mdm.hub.ingest import loads
from mdm.hub.ingest.loads import LoadReport, Progress, load_file
from mdm.sources import Feed, Registry
from mdm.store.ingest import loads as stored
from mdm.store.tables import Load
from tests.support.hubs import HubUnderTest

HEADER = (
    "Supplier ID,Revision,Last saved,Deleted,Valid from,Company name,Trade name,Street and number,Address line 2,"
    "Postal code,City,Country,Phone,E-mail,Website,VAT number,Tax number,DUNS,GLN,IBAN,BIC,Account holder,"
    "Contact person,Contact e-mail,Contact phone,Contact function,Certificate no,Certificate standard,"
    "Certificate valid until\n"
)


def row(key: str, name: str = "Acme GmbH", saved: str = "2026-01-01T00:00:00Z") -> str:
    return f"{key},1,{saved},no,,{name}" + "," * 23 + "\n"


class OneFeed(Registry):
    """A register that reads every file by one feed."""

    def __init__(self, feed: Feed) -> None:
        super().__init__({feed.source: {feed.name: feed}}, {})
        self.feed_for = lambda _source, _name: feed  # type: ignore[method-assign]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An export of the portal with seven suppliers."""
    made = tmp_path / "suppliers.csv"
    made.write_text(HEADER + "".join(row(f"P{n}") for n in range(7)))
    return made


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads, "BATCH", 2)


def load(hub: HubUnderTest, path: Path, source: str = "portal") -> list[Progress]:
    return list(load_file(hub.hub.begin, path, source=source, registry=hub.hub.registry))


def report(hub: HubUnderTest) -> LoadReport:
    with hub.hub.begin() as work:
        (only,) = loads.page(work)
    return only


def kept(hub: HubUnderTest) -> list[tuple[int, str]]:
    return hub.rows("SELECT row_number, convert_from(raw, 'UTF8') FROM delivery ORDER BY row_number")  # type: ignore[return-value]


def test_every_row_becomes_a_delivery_and_the_load_is_accepted(hub: HubUnderTest, file: Path) -> None:
    steps = load(hub, file)
    found = report(hub)
    assert [step.rows for step in steps] == [0, 2, 4, 6, 7, 7]
    assert steps[-1].position == steps[-1].size == file.stat().st_size
    assert (found.state, found.rows, found.deliveries, found.file_name) == ("accepted", 7, {"pending": 7}, file.name)
    assert kept(hub) == [(n + 2, row(f"P{n}").rstrip()) for n in range(7)]


def test_loaded_rows_become_golden_records(hub: HubUnderTest, file: Path) -> None:
    load(hub, file)
    hub.process()
    assert hub.golden("portal", "P3").attributes["name"] == "Acme GmbH"
    assert report(hub).deliveries == {"applied": 7}


def test_same_content_again_does_nothing_even_under_another_name(hub: HubUnderTest, file: Path) -> None:
    load(hub, file)
    accepted = report(hub)
    (only,) = load(hub, file.rename(file.with_name("suppliers-2.csv")))
    assert (only.load_id, only.position) == (accepted.id, only.size)
    assert report(hub) == accepted


def test_interrupted_load_resumes_at_the_byte(hub: HubUnderTest, file: Path) -> None:
    begun = list(islice(load_file(hub.hub.begin, file, source="portal", registry=hub.hub.registry), 3))
    assert (report(hub).state, report(hub).rows, len(kept(hub))) == ("loading", 4, 4)
    resumed = load(hub, file)
    assert (resumed[0].rows, resumed[0].position) == (4, begun[-1].position)
    assert [step.rows for step in resumed] == [4, 6, 7, 7]
    assert kept(hub) == [(n + 2, row(f"P{n}").rstrip()) for n in range(7)]


def test_load_killed_before_its_end_was_noted_ends_when_tried_again(hub: HubUnderTest, file: Path) -> None:
    list(islice(load_file(hub.hub.begin, file, source="portal", registry=hub.hub.registry), 5))
    assert (report(hub).state, report(hub).rows) == ("loading", 7)
    load(hub, file)
    assert (report(hub).state, report(hub).rows) == ("accepted", 7)


def test_batch_that_fails_leaves_the_position_before_it(
    hub: HubUnderTest, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver, batches = loads.deliver, iter((False, True))

    def failing(*given: Any, **more: Any) -> Any:
        if next(batches):
            raise ConnectionError
        return deliver(*given, **more)

    monkeypatch.setattr(loads, "deliver", failing)
    with pytest.raises(ConnectionError):
        load(hub, file)
    monkeypatch.setattr(loads, "deliver", deliver)
    assert (report(hub).rows, len(kept(hub))) == (2, 2)
    load(hub, file)
    assert len(kept(hub)) == 7


def test_two_loaders_of_one_file_at_once_accept_it_once(
    hub: HubUnderTest, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, both_have_looked = stored.find, Barrier(2)

    def looked_in_vain(*given: Any, **more: Any) -> Load | None:
        found = find(*given, **more)
        if found is None:
            both_have_looked.wait()
        return found

    monkeypatch.setattr(stored, "find", looked_in_vain)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: load(hub, file), range(2)))
    assert {steps[-1].load_id for steps in both} == {report(hub).id}
    assert (report(hub).state, report(hub).rows, len(kept(hub))) == ("accepted", 7, 7)


def test_second_loader_that_comes_late_does_not_change_when_it_was_accepted(hub: HubUnderTest, file: Path) -> None:
    slow = load_file(hub.hub.begin, file, source="portal", registry=hub.hub.registry)
    list(islice(slow, 5))
    load(hub, file)
    accepted = report(hub)
    assert list(slow)[-1].rows == 7
    assert report(hub) == accepted


def test_same_content_in_two_feeds_of_a_source_is_read_as_both(hub: HubUnderTest, tmp_path: Path) -> None:
    line = '{"supplierId": "1", "changeNumber": 1, "legalName": "Acme GmbH"}\n'
    feed = hub.hub.registry.feed("procurement", "suppliers")
    other = Feed(feed.source, "archive", feed.declared, "UTC")
    for each in (feed, other):
        (tmp_path / "suppliers.jsonl").write_text(line)
        list(load_file(hub.hub.begin, tmp_path / "suppliers.jsonl", source="procurement", registry=OneFeed(each)))
    assert hub.rows(
        "SELECT l.feed, count(d.id) FROM load l JOIN delivery d ON d.load_id = l.id GROUP BY 1 ORDER BY 1"
    ) == [
        ("archive", 1),
        ("suppliers", 1),
    ]


BROKEN_FILES = {
    "empty": (b"", "empty"),
    "only blanks": (b"  \n \n", r"suppliers\.csv"),
    "another file's header": (b"KUNNR;NAME1\n1;Acme\n", "columns"),
    "a column missing": (HEADER.replace("Company name", "Name").encode(), "Company name"),
    "not text": (b"\x00\xff\x00\xff" * 20, r"suppliers\.csv"),
    "a spreadsheet": (b"PK\x03\x04" + b"\x00" * 200, r"suppliers\.csv"),
}


@pytest.mark.parametrize("case", BROKEN_FILES)
def test_file_that_is_not_one_of_the_feed_is_refused_before_anything_is_kept(
    hub: HubUnderTest, tmp_path: Path, case: str
) -> None:
    content, said = BROKEN_FILES[case]
    broken = tmp_path / "suppliers.csv"
    broken.write_bytes(content)
    with pytest.raises(UnreadableFile, match=said):
        load(hub, broken)
    assert hub.rows("SELECT count(*) FROM load") == [(0,)]


def test_file_without_a_row_is_accepted_as_it_is(hub: HubUnderTest, tmp_path: Path) -> None:
    header = tmp_path / "suppliers.csv"
    header.write_text(HEADER)
    load(hub, header)
    assert (report(hub).state, report(hub).rows, report(hub).deliveries) == ("accepted", 0, {})


def test_broken_rows_are_set_aside_and_the_others_go_through(hub: HubUnderTest, tmp_path: Path) -> None:
    made = tmp_path / "suppliers.csv"
    rows = [
        row("P1"),
        "P2,1,too,few\n",
        row("P3", name='"Unclosed GmbH'),
        row("P4", saved="32.13.2026"),
        row("", name="Without key"),
        row("P6") .replace("\n", ",too many\n"),
        row("P7", name='"Quoted\nover two lines GmbH"'),
        row("P8"),
    ]  # fmt: skip
    made.write_text(HEADER + "".join(rows))
    load(hub, made)
    hub.process()
    assert report(hub).deliveries == {"applied": 3, "quarantined": 5}
    applied = hub.rows("SELECT source_key FROM source_record ORDER BY source_key")
    assert applied == [("P1",), ("P7",), ("P8",)]
    assert hub.rows("SELECT row_number, d.raw FROM quarantine JOIN delivery d ON d.id = delivery_id ORDER BY 1")[0] == (
        3,
        b"P2,1,too,few",
    )
    assert hub.broken() == []


def test_unknown_file_and_source_are_named(hub: HubUnderTest, file: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownFile, match="There is no file"):
        load(hub, tmp_path / "nothing.csv")
    with pytest.raises(UnknownFile, match="There is no file"):
        load(hub, tmp_path)
    with pytest.raises(UnknownFile, match="reads a file named"):
        load(hub, file.rename(tmp_path / "orders.csv"))
    with pytest.raises(UnknownSource, match=r"portl.*Did you mean .portal"):
        load(hub, tmp_path / "orders.csv", "portl")


def test_who_may_not_deliver_loads_nothing(hub: HubUnderTest, file: Path) -> None:
    with pytest.raises(Forbidden):
        next(load_file(lambda: hub.hub.begin_as(Actor("x", frozenset({"reader"}))), file, source="portal",
                       registry=hub.hub.registry))  # fmt: skip


def test_loads_are_shown_to_operators_only(hub: HubUnderTest, file: Path) -> None:
    load(hub, file)
    with hub.hub.begin_as(Actor("x", frozenset({"operator"}))) as work:
        assert loads.show(work, report(hub).id).rows == 7
        with pytest.raises(NotFound):
            loads.show(work, UUID(int=1))
    with pytest.raises(Forbidden), hub.hub.begin_as(Actor("x", frozenset({"source"}))) as work:
        loads.page(work)


def test_load_is_logged_when_it_starts_and_not_when_the_file_comes_again(hub: HubUnderTest, file: Path) -> None:
    load(hub, file)
    load(hub, file)
    [(actor, action, subject, details)] = hub.rows("SELECT actor, action, subject, details FROM action_log")
    assert (actor, action, subject) == ("hub", "load.started", f"load/{report(hub).id}")
    assert (details["source"], details["file"], details["initial"]) == ("portal", "suppliers.csv", False)
