import re
from collections import Counter, defaultdict
from typing import Any

import pytest
from careful_steward import Key, plain, read
from rapidfuzz import fuzz
from stdnum import ean

from mdm.demo import Manifest, generate

Records = dict[Key, dict[str, Any]]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return generate(tmp_path_factory.mktemp("demo"), size="small", seed=23)


@pytest.fixture(scope="module")
def locations(manifest: Manifest) -> Records:
    return {key: record for key, record in read(manifest).records().items() if key[0] == "location"}


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def street(record: dict[str, Any]) -> str:
    return plain(record["address"].get("street", ""))


def which(record: dict[str, Any]) -> set[str]:
    return set(re.findall(r"\b\d\b", record["name"]))


def recognised(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Tell what a clerk with both records before him would say."""
    if left.get("gln") and left.get("gln") == right.get("gln"):
        return True
    streets = street(left), street(right)
    same_place = fuzz.ratio(*streets) >= 70 if all(streets) else left.get("plant_code") == right.get("plant_code")
    return same_place and left["location_type"] == right["location_type"] and which(left) == which(right)


def test_a_clerk_recognises_nearly_every_true_pair_of_locations(manifest: Manifest, locations: Records) -> None:
    pairs = sorted(manifest.true_pairs("location"))
    known = [(locations["location", *left], locations["location", *right]) for left, right in pairs]
    assert share([recognised(*pair) for pair in known]) >= 0.93
    assert share([left["name"] == right["name"] for left, right in known]) < 0.5


def test_several_locations_lie_at_one_address(manifest: Manifest, locations: Records) -> None:
    there: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, record in locations.items():
        there[street(record), record["address"]["city"]].add(manifest.truth[key])
    assert sum(len(entities) >= 4 for entities in there.values()) >= 4


def test_names_say_little(manifest: Manifest, locations: Records) -> None:
    named: dict[str, set[str]] = defaultdict(set)
    for key, record in locations.items():
        named[plain(record["name"])].add(manifest.truth[key])
    assert sum(len(entities) > 1 for entities in named.values()) >= 3


def test_locations_lie_in_several_countries_and_are_of_every_type(locations: Records) -> None:
    assert len({record["country"] for record in locations.values()}) >= 5
    types = Counter(record["location_type"] for record in locations.values())
    assert set(types) == {"plant", "warehouse", "storage_area", "dock", "supplier_site", "customer_site", "office"}


def test_nearly_all_location_numbers_have_check_digits(locations: Records) -> None:
    numbers = [record["gln"] for record in locations.values() if record.get("gln")]
    assert len(numbers) >= 50
    assert share([ean.is_valid(number) for number in numbers]) > 0.93


def test_every_plant_is_known_to_erp_and_mes(manifest: Manifest, locations: Records) -> None:
    systems: dict[str, set[str]] = defaultdict(set)
    for key, record in locations.items():
        if record["location_type"] == "plant":
            systems[manifest.truth[key]].add(key[1])
    assert len(systems) >= 4
    assert all({"erp", "mes"} <= known for known in systems.values())
