"""Loading the demo into a running hub, telling what came of it, and verifying it."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from mdm.core.clock import utc_now
from mdm.demo import Manifest, Size, generate, load_manifest
from mdm.demo.measure import Quality, measure
from mdm.entrypoints.cli import load
from mdm.entrypoints.cli.audit import audited
from mdm.errors import MdmError
from mdm.hub import Hub, access, standing
from mdm.hub.ingest.loads import LoadReport
from mdm.hub.tasks import APPROVAL
from mdm.settings import Settings

LEAST = {"precision": 0.99, "recall": 0.80, "review_recall": 0.93}
MOST_QUESTIONS = 0.10  # review tasks per true pair
LOOK = 0.2  # seconds


@dataclass(slots=True)
class Run:
    """One loading of the demo: the exports with their truth, the loads, and seconds per stage."""

    manifest: Manifest
    loads: list[UUID] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Measure how long a stage takes."""
        began = time.perf_counter()
        yield
        self.seconds[stage] = round(self.seconds.get(stage, 0) + time.perf_counter() - began, 2)


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found."""

    report: dict[str, Any]
    passed: bool


def load_demo(hub: Hub, folder: Path, *, size: Size, seed: int, console: Console) -> Run:
    """Write the exports, load them and wait until every event is published."""
    began = time.perf_counter()
    manifest = generate(folder / f"{size}-{seed}", size=size, seed=seed, today=_first_day(folder / f"{size}-{seed}"))
    run = Run(manifest, seconds={"generate": round(time.perf_counter() - began, 2)})
    files = [(source, manifest.folder / path) for source, path in manifest.files]
    first, later = files[: manifest.first_files], files[manifest.first_files :]
    for batch, initial in ((first, True), (later, False)):
        with run.timed("accept"):
            accepted = load.accept(hub, batch, console=console, initial=initial)
        with run.timed("process"):
            load.wait_for(hub, accepted, console=console)
        run.loads += accepted
    with run.timed("publish"):
        wait_until_published(hub, console=console)
    return run


def _first_day(folder: Path) -> date:
    """Return the day on which the exports were first written: written again on another day they must say the same."""
    try:
        return date.fromisoformat(load_manifest(folder).today)
    except (OSError, TypeError, MdmError):  # none there, or one of an earlier version
        return utc_now().date()


def wait_until_published(hub: Hub, *, console: Console) -> None:
    """Wait until the outbox is empty."""

    def is_settled() -> bool:
        with hub.begin() as work:
            return standing.settled(work)

    while not load.patiently(is_settled, console=console):
        time.sleep(LOOK)


def tell(hub: Hub, run: Run, *, console: Console) -> None:
    """Print what the exports have become."""
    console.print(_by_source(load.reports(hub, run.loads)))
    with hub.begin() as work:
        now = standing.standing(work)
    qualities = _qualities(hub, run.manifest)
    records = Counter(domain for domain, _, _ in run.manifest.truth)
    names = ("Domain", "Records", "Golden", "Reviews", "Approvals", "Precision", "Recall", "+ review")
    table = Table(*names, box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for domain, quality in sorted(qualities.items(), key=lambda found: (_is_keyed(hub, found[0]), found[0])):
        masters = sum(n for (name, status), n in now.masters.items() if name == domain and status != "merged")
        approvals = now.open_tasks.get((domain, APPROVAL), 0)
        shares = (f"{share:.3f}" for share in (quality.precision, quality.recall, quality.review_recall))
        counts = (records[domain], masters, quality.questions, approvals)
        table.add_row(domain, *map(str, counts), *shares)
    console.print(table)
    console.print(f"{now.versions} events were published; {sum(now.quarantined.values())} rows are in quarantine.")


def _by_source(found: Sequence[LoadReport]) -> Table:
    """Return what became of the rows of every source, as a table."""
    rows, files = defaultdict[str, Counter[str]](Counter), Counter(report.source for report in found)
    for report in found:
        rows[report.source].update(report.deliveries)
    states = sorted({state for counts in rows.values() for state in counts})
    table = Table("Source", "Files", "Rows", *states, box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for source, counts in sorted(rows.items()):
        table.add_row(source, str(files[source]), *map(str, (counts.total(), *(counts[state] for state in states))))
    return table


def _is_keyed(hub: Hub, domain: str) -> bool:
    return bool(hub.catalog.domain(domain).key)


def check(hub: Hub, settings: Settings, run: Run) -> Result:
    """Measure links against the truth and audit everything; passed if all figures are good and nothing is broken."""
    with run.timed("measure"):
        qualities = _qualities(hub, run.manifest)
    with run.timed("audit"):
        audit = audited(hub, settings)
    with hub.begin() as work:
        now, kilobytes = standing.standing(work), standing.kilobytes_per_master(work)
    matched = {domain: quality for domain, quality in qualities.items() if not _is_keyed(hub, domain)}
    every = _sum(matched.values())
    seconds = sum(run.seconds[stage] for stage in ("accept", "process", "publish"))
    proved = audit.clean and not audit.unchecked
    report = {
        "size": run.manifest.size,
        "seed": run.manifest.seed,
        "records": run.manifest.records + run.manifest.broken_rows,
        "masters": sum(n for (_, status), n in now.masters.items() if status != "merged"),
        **_figures(every),
        "kilobytes_per_master": round(kilobytes, 1),
        "events": now.versions,
        "quarantined": now.quarantined,
        "records_per_second": round((run.manifest.records + run.manifest.broken_rows) / seconds, 1),
        "seconds": run.seconds,
        "domains": {domain: _figures(quality) for domain, quality in qualities.items()},
        "audit": proved,
        "broken_invariants": [*(b.invariant for b in audit.broken), *audit.unchecked],
    }
    exact = all(quality.precision >= LEAST["precision"] for quality in qualities.values())
    return Result(report, passed=proved and exact and all(_good(quality) for quality in (every, *matched.values())))


def demo_key(hub: Hub, path: Path) -> str:
    """Return an administrator's key for the demo, made once and kept in a file only its owner can read."""
    with hub.begin() as work:
        if path.exists():
            text = path.read_text().strip()
            try:
                access.authenticate(work, text)
            except MdmError:
                path.unlink()
            else:
                return text
        _, text = access.create_key(work, name="demo", roles=["admin"])
    path.touch(mode=0o600)
    path.write_text(text + "\n")
    return text


def _qualities(hub: Hub, manifest: Manifest) -> dict[str, Quality]:
    """Measure every domain on the records that live: what a deletion left behind cannot be told apart."""
    with hub.begin() as work:
        masters, questions = standing.crosswalk(work), standing.open_match_reviews(work)
    living = {record: entity for record, entity in manifest.truth.items() if record not in manifest.deleted}
    linked = {name: master for name, master in masters.items() if tuple(name) not in manifest.deleted}
    domain_of = {master: name.domain for name, master in masters.items()}
    return {
        domain: measure(
            {record: entity for record, entity in living.items() if record[0] == domain},
            {name: master for name, master in linked.items() if name.domain == domain},
            [pair for pair in questions if domain_of.get(pair[0]) == domain],
        )
        for domain in sorted({record[0] for record in living})
    }


def _sum(qualities: Iterable[Quality]) -> Quality:
    every = list(qualities)
    return Quality(*(sum(getattr(q, name) for q in every) for name in Quality.__dataclass_fields__))


def _figures(quality: Quality) -> Mapping[str, float]:
    return {
        "precision": round(quality.precision, 4),
        "recall": round(quality.recall, 4),
        "review_recall": round(quality.review_recall, 4),
        "review_tasks": quality.questions,
        "true_pairs": quality.true_pairs,
    }


def _good(quality: Quality) -> bool:
    enough = all(getattr(quality, name) >= least for name, least in LEAST.items())
    return enough and quality.questions <= MOST_QUESTIONS * quality.true_pairs
