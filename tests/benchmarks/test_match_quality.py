"""Figures: how well the shipped match models find the duplicates of demos that they have never seen."""

from pathlib import Path

import pytest
from offline_matching import measure, states

from mdm.core.domains import load_documents, parse
from mdm.demo import Manifest, generate

pytestmark = pytest.mark.benchmark

SEEDS = (20_101, 20_102, 20_103)
DOMAINS = {name: parse(document) for name, document in load_documents().items()}


@pytest.fixture(scope="module", params=SEEDS)
def manifest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    folder: Path = tmp_path_factory.mktemp("demo")
    return generate(folder, size="medium", seed=request.param)


def test_duplicates_are_found_and_strangers_kept_apart(manifest: Manifest) -> None:
    for name, records in states(manifest).items():
        found = measure(DOMAINS[name], records, manifest.true_pairs(name))
        print(f"\nseed {manifest.seed} {name}: {found}")
        assert found.precision >= 0.995
        assert found.recall >= 0.88
        assert found.review_recall >= 0.95
        assert found.tasks <= 0.06
        assert found.candidates <= 15
