"""Figures: how well the shipped match models find the duplicates of demos that they have never seen."""

from pathlib import Path
from typing import NamedTuple

import pytest
from offline_matching import measure, states

from mdm.core.domains import load_documents, parse
from mdm.demo import Manifest, generate

pytestmark = pytest.mark.benchmark

SEEDS = (20_101, 20_102, 20_103)
DOMAINS = {name: parse(document) for name, document in load_documents().items()}


class Goal(NamedTuple):
    """What a model must reach: at least the first three, at most the last two."""

    precision: float
    recall: float
    review_recall: float
    tasks: float
    candidates: float


PARTNERS = Goal(precision=0.995, recall=0.88, review_recall=0.95, tasks=0.06, candidates=15)
THINGS = Goal(precision=0.99, recall=0.80, review_recall=0.93, tasks=0.10, candidates=40)
GOALS = {"customer": PARTNERS, "supplier": PARTNERS, "item": THINGS, "location": THINGS}


@pytest.fixture(scope="module", params=SEEDS)
def manifest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    folder: Path = tmp_path_factory.mktemp("demo")
    return generate(folder, size="medium", seed=request.param)


def test_duplicates_are_found_and_strangers_kept_apart(manifest: Manifest) -> None:
    found = states(manifest)
    for name, goal in GOALS.items():
        reached = measure(DOMAINS[name], found[name], manifest.true_pairs(name))
        print(f"\nseed {manifest.seed} {name}: {reached}")
        assert reached.precision >= goal.precision
        assert reached.recall >= goal.recall
        assert reached.review_recall >= goal.review_recall
        assert reached.tasks <= goal.tasks
        assert reached.candidates <= goal.candidates
