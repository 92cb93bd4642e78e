"""How long it takes to standardize a record."""

from pathlib import Path
from time import process_time

import pytest

from mdm.core.domains import load_documents, parse, standardize_record
from mdm.demo import generate
from mdm.errors import MdmError
from mdm.sources import SourceFact, load_mappings

LONGEST = 350e-6  # seconds of CPU per record


def facts_of(folder: Path) -> list[SourceFact]:
    """Every fact of the demo's files that can be read."""
    registry, found = load_mappings(), []
    for source, path in generate(folder, size="small", seed=11).files:
        rows = registry.feed_for(source, Path(path).name).open(folder / path)
        for row in rows:
            try:
                found.append(registry.feed_for(source, Path(path).name).interpret(row.raw, rows.context))
            except MdmError:  # broken on purpose
                continue
    return [fact for fact in found if fact.attributes]


@pytest.mark.benchmark
def test_record_is_standardized_within_its_budget(tmp_path: Path) -> None:
    domains = {name: parse(document) for name, document in load_documents().items()}
    facts = facts_of(tmp_path)
    half = len(facts) // 2
    for fact in facts[:half]:  # reads the tables, and leaves to the other half what realistically repeats
        standardize_record(domains[fact.domain], fact.attributes)
    started = process_time()
    for fact in facts[half:]:
        standardize_record(domains[fact.domain], fact.attributes)
    seconds = (process_time() - started) / (len(facts) - half)
    attributes = sum(len(fact.attributes) for fact in facts) / len(facts)
    print(f"{seconds * 1e6:.0f} µs per record of {attributes:.1f} attributes")
    assert seconds < LONGEST
