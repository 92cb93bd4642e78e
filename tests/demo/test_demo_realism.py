from collections import Counter, defaultdict
from typing import Any

import phonenumbers
import pytest
from careful_steward import Key, compare, core_names, plain, read
from stdnum import ean, iban
from stdnum.eu import vat

from mdm.demo import Manifest, generate

Records = dict[Key, dict[str, Any]]
DOMAINS = ("customer", "supplier")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return generate(tmp_path_factory.mktemp("demo"), size="small", seed=21)


@pytest.fixture(scope="module")
def records(manifest: Manifest) -> Records:
    return {key: record for key, record in read(manifest).records().items() if key[0] in DOMAINS}


def pairs(manifest: Manifest, records: Records, domain: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(records[domain, *left], records[domain, *right]) for left, right in sorted(manifest.true_pairs(domain))]


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


@pytest.mark.parametrize("domain", DOMAINS)
def test_exact_name_and_postcode_find_few_of_the_true_pairs(manifest: Manifest, records: Records, domain: str) -> None:
    def exact(record: dict[str, Any]) -> tuple[str, object]:
        return record["name"], record["address"].get("postal_code", object())

    assert 0.05 < share([exact(left) == exact(right) for left, right in pairs(manifest, records, domain)]) <= 0.6


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_careful_steward_recognises_nearly_every_true_pair(manifest: Manifest, records: Records, domain: str) -> None:
    assert share([compare(*pair).convincing for pair in pairs(manifest, records, domain)]) >= 0.95


@pytest.mark.parametrize("domain", DOMAINS)
def test_most_organisations_have_one_record_and_none_more_than_five(manifest: Manifest, domain: str) -> None:
    sizes = Counter(len(members) for members in manifest.entities(domain).values())
    assert 0.5 < sizes[1] / sizes.total() < 0.65
    assert max(sizes) <= 5


def test_duplicates_occur_within_and_across_sources(manifest: Manifest) -> None:
    same = share([left[0] == right[0] for domain in DOMAINS for left, right in manifest.true_pairs(domain)])
    assert 0.05 < same < 0.25


@pytest.mark.parametrize("name", ["phone", "email", "street", "name"])
def test_strangers_share_what_looks_unique(manifest: Manifest, records: Records, name: str) -> None:
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, record in records.items():
        street = plain((record.get("address") or {}).get("street", ""))
        value = {"name": core_names(record)[0], "street": street}.get(name) or plain(record.get(name) or "")
        if value:
            holders[key[0], value].add(manifest.truth[key])
    assert sum(len(entities) > 1 for entities in holders.values()) >= 4


def test_sources_contradict_each_other(manifest: Manifest, records: Records) -> None:
    differing = [
        left["address"].get("city") != right["address"].get("city")
        for domain in DOMAINS
        for left, right in pairs(manifest, records, domain)
    ]
    assert share(differing) > 0.05


def test_names_come_in_local_script_and_in_latin_letters(records: Records) -> None:
    names = "".join(record["name"] for record in records.values())
    for first, last in (("α", "ω"), ("а", "я"), ("一", "龠"), ("ą", "ż")):
        assert any(first <= letter <= last for letter in names)
    local = [record for record in records.values() if record.get("name_local")]
    assert local
    assert all(not record["name_local"].isascii() for record in local if "LTD" not in record["name"].upper())


def test_vat_ids_have_check_digits_and_a_few_are_wrong(records: Records) -> None:
    ids = [record["vat_id"] for record in records.values() if record.get("vat_id", "")[:2] in ("DE", "FR", "PL")]
    assert 0.94 < share([vat.is_valid(number) for number in ids]) < 1.0


def test_bank_accounts_and_location_numbers_have_check_digits(records: Records) -> None:
    accounts = [account["iban"] for record in records.values() for account in record.get("bank_accounts") or ()]
    assert all(iban.is_valid(account) for account in accounts)
    assert share([ean.is_valid(record["gln"]) for record in records.values() if record.get("gln")]) > 0.9


def test_phones_are_numbers_of_their_country(records: Records) -> None:
    def valid(record: dict[str, Any]) -> bool:
        country = record["country"] if len(record["country"]) == 2 else None
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(record["phone"], country))
        except phonenumbers.NumberParseException:
            return False

    some = [
        record for record in records.values() if record.get("phone") and record["country"] in ("DE", "IT", "FR", "PL")
    ]
    assert 0.93 < share([valid(record) for record in some]) < 1.0


def test_values_are_missing_everywhere(records: Records) -> None:
    for name in ("vat_id", "phone", "email", "website", "duns"):
        assert 0.02 < share([name not in record for record in records.values()]) < 0.95
