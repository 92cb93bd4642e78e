import csv
import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from careful_steward import Reading, read

from mdm.demo import SIZES, Manifest, generate, load_manifest, load_truth
from mdm.errors import NotFound
from mdm.sources import load_mappings


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return generate(tmp_path_factory.mktemp("demo"), size="small", seed=5)


@pytest.fixture(scope="module")
def reading(manifest: Manifest) -> Reading:
    return read(manifest)


def digest(folder: Path) -> str:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    parts = [f"{file.relative_to(folder)} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def test_size_and_seed_decide_every_byte(manifest: Manifest, tmp_path: Path) -> None:
    generate(tmp_path / "again", size="small", seed=5)
    generate(tmp_path / "other", size="small", seed=6)
    assert digest(tmp_path / "again") == digest(manifest.folder) != digest(tmp_path / "other")


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_hash_seed_of_python_decides_nothing(manifest: Manifest, tmp_path: Path, hash_seed: str) -> None:
    program = (
        f"from pathlib import Path; import mdm.demo as d; d.generate(Path({str(tmp_path)!r}), size='small', seed=5)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed})
    assert digest(tmp_path) == digest(manifest.folder)


def test_every_row_but_the_broken_ones_is_read(manifest: Manifest, reading: Reading) -> None:
    assert sum(map(len, reading.facts.values())) == manifest.records
    assert len(reading.broken) == manifest.broken_rows >= 5


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_no_broken_row_is_readable_by_chance(tmp_path: Path, seed: int) -> None:
    manifest = generate(tmp_path, size="small", seed=seed)
    assert len(read(manifest).broken) == manifest.broken_rows


def test_the_truth_names_every_record_once(manifest: Manifest, reading: Reading) -> None:
    with (manifest.folder / "truth.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["domain", "source", "key", "entity"]
    keys = [(row["domain"], row["source"], row["key"]) for row in rows]
    assert len(keys) == len(set(keys))
    assert set(keys) == set(reading.facts)
    counts = Counter(domain for domain, _, _ in keys)
    assert counts.pop("item_family") >= 40
    assert counts == SIZES["small"]


def test_what_is_deleted_in_the_end_is_known(manifest: Manifest, reading: Reading) -> None:
    assert set(reading.facts) - set(reading.records()) == manifest.deleted
    assert len(manifest.deleted) >= 10


def test_a_manifest_is_read_back_as_it_was(manifest: Manifest) -> None:
    assert load_manifest(manifest.folder) == manifest
    assert load_truth(manifest.folder) == manifest.truth


def test_a_folder_without_a_demo_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Generate the demo into it first"):
        load_truth(tmp_path)


def test_true_pairs_are_the_live_records_of_one_entity(manifest: Manifest) -> None:
    pairs = manifest.true_pairs("supplier")
    assert pairs
    for left, right in pairs:
        assert left < right
        assert manifest.truth["supplier", *left] == manifest.truth["supplier", *right]
        assert not {("supplier", *left), ("supplier", *right)} & manifest.deleted


def test_files_come_in_load_order_with_later_exports_last(manifest: Manifest) -> None:
    late = ["_delta" in path for _, path in manifest.files]
    assert late == sorted(late)
    assert {source for source, _ in manifest.files} == set(load_mappings().sources)
    assert [path for _, path in manifest.files if not (manifest.folder / path).is_file()] == []


def test_messages_are_repeated_late_partial_deleted_and_planned_ahead(reading: Reading) -> None:
    seen: Counter[str] = Counter()
    for facts in reading.facts.values():
        orders = [(fact.version, fact.source_time) for fact in facts]
        seen["repeated"] += len(orders) > len(set(orders))
        seen["late"] += orders != sorted(orders)
        seen["planned"] += any(fact.effective_from and fact.effective_from.year > 2030 for fact in facts)
        seen.update(fact.operation for fact in facts)
    assert min(seen[kind] for kind in ("repeated", "late", "planned", "partial", "delete", "full")) >= 5


def test_a_version_never_says_two_things(reading: Reading) -> None:
    for facts in reading.facts.values():
        said = {(fact.version, fact.source_time): fact for fact in facts}
        assert all(said[fact.version, fact.source_time] == fact for fact in facts)


def test_nothing_was_said_in_the_future(reading: Reading) -> None:
    times = [fact.source_time for facts in reading.facts.values() for fact in facts]
    assert all(time is not None and time.year < 2026 for time in times)


def test_changes_take_effect_within_days_of_the_day_of_the_demo(tmp_path: Path) -> None:
    manifest = generate(tmp_path, size="small", seed=5, today=date(2027, 3, 1))
    facts = [fact for facts in read(manifest).facts.values() for fact in facts]
    days = [fact.effective_from.date() for fact in facts if fact.effective_from and fact.effective_from.year < 2030]
    assert len(days) >= 12
    assert date(2027, 3, 1) <= min(days) < max(days) <= date(2027, 3, 10)


def test_what_needs_approval_changes_in_the_last_exports_alone(reading: Reading) -> None:
    critical = {"supplier": "bank_accounts", "customer": "credit_limit", "item": "hazard_class", "location": "gln"}
    for domain, name in critical.items():
        told = [facts for key, facts in reading.facts.items() if key[:2] == (domain, "erp")]
        late = [(facts[0].attributes.get(name), facts[-1].attributes.get(name)) for facts in told if len(facts) == 2]
        assert sum(before != after and after is not None for before, after in late) >= 3
