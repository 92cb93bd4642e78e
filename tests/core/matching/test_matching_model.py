"""Match models: what is wrong with one is said with its place, and the shipped ones are sound."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

import mdm.core
import mdm.core.matching
from mdm.core.ids import canonical_json
from mdm.core.matching import MatchModel, block_keys, comparable, score
from mdm.errors import DeclarationError

DECLARED = Path(mdm.core.__file__).parent / "domains"
Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (lambda d: d.pop("prior"), "prior", "Field required"),
        (lambda d: d.update(colour="red"), "colour", "Extra inputs are not permitted"),
        (lambda d: d.update(prior=1.0), "prior", "less than 1"),
        (lambda d: d["thresholds"].update(review=9.0), "thresholds.review", "above thresholds.match"),
        (lambda d: d["columns"]["names"].update(kind="nams"), "columns.names.kind", "'nams' is not one of names"),
        (lambda d: d["comparisons"][0].update(column="nam"), "comparisons.0.column", "'nam' is not one of names"),
        (lambda d: d["comparisons"][0].update(by="magic"), "comparisons.0.by", "'magic' is not one of"),
        (lambda d: d["comparisons"][1].update(column="form"), "comparisons.1.by", "of kind values, not text"),
        (lambda d: d["comparisons"][1].update(name="name"), "comparisons.1.name", "declared twice"),
        (lambda d: d["comparisons"][2].update(scope=2), "comparisons.2.scope", "only identifiers"),
        (lambda d: d["comparisons"][2].update(telling=["x"]), "comparisons.2.telling", "only names"),
        (lambda d: d["comparisons"][0].pop("frequencies"), "comparisons.0.frequencies", "how rare"),
        (lambda d: d["comparisons"][0]["frequencies"].update(table="x"), "comparisons.0.frequencies.table", "words"),
        (lambda d: d["comparisons"][0]["frequencies"].update(levels=["x"]), "comparisons.0.frequencies.levels", "'x'"),
        (lambda d: d["comparisons"][0]["levels"][0].update(m=0), "comparisons.0.levels.0.m", "greater than 0"),
        (lambda d: d["comparisons"][0]["levels"][0].update(m=0.6), "comparisons.0.levels", "add up to 1, not 1.1"),
        (lambda d: d["comparisons"][0]["levels"].reverse(), "comparisons.0.levels", "in this order"),
        (lambda d: d["comparisons"][0]["levels"][0].update(level="best"), "comparisons.0.levels", "selection of"),
        (lambda d: d["comparisons"][1]["levels"][0].update(at_least=0.5), "comparisons.1.levels", "named levels"),
        (lambda d: d["comparisons"][2]["levels"][0].pop("at_least"), "comparisons.2.levels", "need at_least"),
        (lambda d: d["keys"][0].update(parts=["vta"]), "keys.0.parts", "'vta' is not one of"),
        (lambda d: d["keys"][1].update(parts=["names.first"]), "keys.1.parts", "names.words, names.rare"),
        (lambda d: d["keys"][1].update(name="vat"), "keys.1.name", "declared twice"),
        (lambda d: d["vetoes"][0].update(when={"nam": ["x"]}), "vetoes.0.when", "'nam' is not one of"),
        (lambda d: d["vetoes"][1].update(unless={"form": ["x"]}), "vetoes.1.unless.form", "missing, close, far"),
        (lambda d: d["clusters"].update(strong={"form": {}}), "clusters.strong.form", "of kind values"),
        (lambda d: d["clusters"].update(size_limit=1), "clusters.size_limit", "greater than or equal to 2"),
    ],
)
def test_mistake_is_named_with_its_path(document: dict[str, Any], change: Change, path: str, reason: str) -> None:
    change(document)
    with pytest.raises(DeclarationError) as caught:
        MatchModel.from_document(document)
    assert caught.value.details["path"] == path
    assert caught.value.message.startswith(f"{path}: ")
    assert reason in caught.value.message


def test_falling_similarities_are_asked_for(document: dict[str, Any]) -> None:
    levels = document["comparisons"][2]["levels"]
    levels.insert(1, {"level": "closer", "m": 0.1, "u": 0.1, "at_least": 0.95})
    levels[0].update(m=0.7, u=0.1)
    with pytest.raises(DeclarationError, match="falling from level to level"):
        MatchModel.from_document(document)


def test_attributes_of_columns_can_be_asked_for(model: MatchModel) -> None:
    assert model.attributes["phones"] == ("phone", "contacts")
    assert model.attributes["form"] == ("name",)


@pytest.mark.parametrize("domain", ["customer", "supplier"])
def test_shipped_model_behaves_the_same_after_a_stay_in_a_release(domain: str) -> None:
    document = yaml.safe_load((DECLARED / f"{domain}.match.yaml").read_text(encoding="utf-8"))
    stored = orjson.loads(canonical_json(document))
    left = {"name": {"core": "zorvex steel", "form": "ltd"}, "phone": "+441234567890", "vat_id": "GB123456789"}
    right = {"name": {"core": "zorvex", "form": "ltd"}, "phone": "+441234567890"}
    found = []
    for model in map(MatchModel.from_document, (document, stored)):
        pair = comparable(model, left), comparable(model, right)
        found.append((score(model, *pair), block_keys(model, pair[0]), model.document))
    assert found[0] == found[1]


def test_everything_exported_is_there() -> None:
    exported = mdm.core.matching.__all__
    assert len(exported) == len(set(exported))
    assert [name for name in exported if not hasattr(mdm.core.matching, name)] == []
