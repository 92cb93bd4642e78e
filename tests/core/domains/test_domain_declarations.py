"""Declaration files: what they may say, and how a mistake is named."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

import mdm.core
from mdm.core.domains import Catalog, load_documents, parse
from mdm.core.ids import canonical_json, digest
from mdm.errors import DeclarationError, UnknownDomain
from survivorship import Curve, Decay

DECLARED = Path(mdm.core.__file__).parent / "domains"
Document = dict[str, Any]


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return load_documents()


@pytest.fixture
def customer(documents: dict[str, Document]) -> Document:
    return copy.deepcopy(documents["customer"])


def test_customer_and_supplier_are_declared(documents: dict[str, Document]) -> None:
    assert {"customer", "supplier"} <= documents.keys()


@pytest.mark.parametrize("name", ["customer", "supplier"])
def test_declaration_is_short(name: str) -> None:
    assert len((DECLARED / f"{name}.yaml").read_text().splitlines()) <= 150


def test_document_survives_json_and_keeps_its_hash(customer: Document) -> None:
    stored = orjson.loads(canonical_json(customer))
    assert digest(stored) == digest(customer) == digest(load_documents()["customer"])
    assert list(parse(stored).attributes) == sorted(parse(customer).attributes)


def test_sources_keep_the_order_of_the_file_when_stored_without_order(customer: Document) -> None:
    stored = orjson.loads(canonical_json(customer))
    assert list(parse(stored).sources) == ["erp", "crm", "shop", "steward"]
    assert parse(stored).policy.sources == ("erp", "crm", "shop", "steward")


def test_another_order_of_sources_is_another_document(customer: Document) -> None:
    before = digest(customer)
    customer["declaration"]["priority"].reverse()
    assert digest(customer) != before


def test_unknown_domain_is_answered_with_a_near_one(customer: Document) -> None:
    with pytest.raises(UnknownDomain, match="Did you mean `customer`"):
        Catalog({"customer": parse(customer)}).domain("custmer")


def attribute(name: str, **changes: Any) -> Callable[[Document], None]:
    return lambda document: document["declaration"]["attributes"][name].update(changes)


WRONG: dict[str, tuple[Callable[[Document], None], str, str]] = {
    "unknown option": (attribute("phone", ownr="x"), "attributes.phone.ownr", "Did you mean `owner`"),
    "unknown rule": (
        attribute("phone", survivorship={"rule": "most_recnt"}),
        "attributes.phone.survivorship.rule",
        "most_recent",
    ),
    "rule of an undeclared source": (
        attribute("phone", survivorship={"rule": "source_priority", "sources": ["erp", "sap"]}),
        "attributes.phone.survivorship.sources[1]",
        "Known are crm, erp, shop",
    ),
    "rule that follows nothing": (
        attribute("phone", survivorship={"rule": "follow", "attribute": "emial"}),
        "attributes.phone.survivorship.attribute",
        "`emial` is not declared",
    ),
    "trust beyond all measure": (
        lambda d: d["declaration"]["sources"]["erp"].update(trust=2),
        "sources.erp.trust",
        "from 0 to 1",
    ),
    "trust about an unknown attribute": (
        lambda d: d["declaration"]["sources"]["erp"].update(trust={"attributes": {"phnoe": 0.5}}),
        "sources.erp.trust.attributes",
        "`phnoe` is not declared",
    ),
    "trust that fades in no known way": (
        lambda d: d["declaration"]["sources"]["erp"].update(
            trust={"default": {"trust": 0.5, "decay": {"curve": "linaer", "days": 9}}}
        ),
        "sources.erp.trust.default.decay.curve",
        "Did you mean 'linear'",
    ),
    "downgrade of an unrated severity": (
        lambda d: d["declaration"].update(downgrades={"severity_of": {"odd": "grave"}}),
        "downgrades.severity_of.odd",
        "no factor for 'grave'",
    ),
    "unknown standardizer": (
        attribute("phone", standardizer="phnoe"),
        "attributes.phone.standardizer",
        "Did you mean `phone`",
    ),
    "standardizer of another shape": (
        attribute("phone", type="address"),
        "attributes.phone.standardizer",
        "does not read values of type address",
    ),
    "unknown scheme": (attribute("vat_id", scheme="vta"), "attributes.vat_id.scheme", "Did you mean `vat`"),
    "list without a key": (attribute("contacts", key=None), "attributes.contacts", "needs both"),
    "rule of a member of a group": (
        attribute("credit_limit", survivorship={"rule": "max"}),
        "attributes.credit_limit.survivorship",
        "its coupled group",
    ),
    "group of an unknown attribute": (
        lambda d: d["declaration"]["groups"]["credit"].update(attributes=["credit_limit", "currncy"]),
        "groups.credit.attributes",
        "there is no attribute `currncy`",
    ),
    "search by what may not be shown": (
        lambda d: d["declaration"].update(search=["contacts"]),
        "search",
        "is personal",
    ),
    "priority that leaves a source out": (
        lambda d: d["declaration"].update(priority=["erp", "crm", "crm"]),
        "priority",
        "every source once",
    ),
    "misspelt attribute": (
        lambda d: d["declaration"]["attributes"].update(fone={"critical": True}),
        "attributes.fone.type",
        "Did you mean the attribute `phone`",
    ),
    "text for yes or no": (
        lambda d: d["declaration"]["attributes"]["phone"].update(critical="yes"),
        "attributes.phone.critical",
        "boolean",
    ),
    "missing name": (lambda d: d["declaration"].pop("title"), "title", "it is missing"),
    "match model of an unknown attribute": (
        lambda d: d["match"]["columns"]["names"].update(of=["name", "nmae"]),
        "match.columns.names.of[1]",
        "Did you mean `name`",
    ),
    "match model of an unknown field": (
        lambda d: d["match"]["columns"]["names"].update(of=["contacts.mail"]),
        "match.columns.names.of[0]",
        "Did you mean `email`",
    ),
    "match model of an undeclared source": (
        lambda d: d["match"]["clusters"].update(one_per_master=["sap"]),
        "match.clusters.one_per_master",
        "`sap` is not declared",
    ),
    "wrong match model": (lambda d: d["match"].update(prior=5), "match.prior", "less than 1"),
    "no match model": (lambda d: d.pop("match"), "match", "it is missing"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_mistake_is_named_by_path_and_reason(mistake: str, customer: Document) -> None:
    change, path, reason = WRONG[mistake]
    change(customer)
    with pytest.raises(DeclarationError) as raised:
        parse(customer)
    assert raised.value.details["path"] == path
    assert reason in str(raised.value)


def test_every_mistake_in_the_rules_is_named_at_once(customer: Document) -> None:
    attribute("phone", survivorship={"rule": "most_recnt"})(customer)
    customer["declaration"]["sources"]["erp"]["trust"] = "high"
    with pytest.raises(DeclarationError) as raised:
        parse(customer)
    assert raised.value.details["path"] == "attributes.phone.survivorship.rule"
    assert "sources.erp.trust: must be a number" in str(raised.value.hint)


def test_the_example_of_the_reference_is_a_policy(customer: Document) -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "domain-files.md").read_text()
    example = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    for name, source in example["sources"].items():
        customer["declaration"]["sources"][name].update(source)
    customer["declaration"] |= {"downgrades": example["downgrades"]}
    for name, declared in example["attributes"].items():
        customer["declaration"]["attributes"].setdefault(name, {}).update(declared)
    policy = parse(customer).policy
    assert policy.trust["erp"].about("phone").decay == Decay(curve=Curve.STEP, days=90, floor=0.3)
    assert policy.attributes["fax"].attribute == "phone"


def test_source_of_one_record_per_master_binds_the_clusters(customer: Document) -> None:
    customer["declaration"]["sources"]["erp"]["one_per_master"] = True
    assert parse(customer).match.rules.one_per_master >= {"erp"}
    assert "erp" not in customer["match"]["clusters"].get("one_per_master", [])


def own_domain(folder: Path, name: str, *, title: str = "Customer") -> None:
    declared = (DECLARED / "customer.yaml").read_text()
    declared = declared.replace("domain: customer", f"domain: {name}").replace("title: Customer", f"title: {title}")
    (folder / f"{name}.yaml").write_text(declared)


def test_own_folder_adds_a_domain(tmp_path: Path) -> None:
    own_domain(tmp_path, "dealer")
    (tmp_path / "dealer.match.yaml").write_text((DECLARED / "customer.match.yaml").read_text())
    documents = load_documents(tmp_path)
    assert parse(documents["dealer"]).name == "dealer"
    assert {"customer", "supplier"} <= documents.keys()


def test_own_folder_replaces_a_declaration_and_keeps_the_match_model(tmp_path: Path) -> None:
    own_domain(tmp_path, "customer", title="Our customers")
    document = load_documents(tmp_path)["customer"]
    assert parse(document).title == "Our customers"
    assert document["match"] == load_documents()["customer"]["match"]


@pytest.mark.parametrize(
    ("file", "content", "named"),
    [
        ("dealer.yaml", "domain: dealer", "dealer.match.yaml is missing"),
        ("customer.yaml", "domain: client", "the file name says `customer`"),
        ("customer.yaml", "domain: [", "customer.yaml: not readable as YAML"),
        ("customer.yaml", "domain: customer\ndomain: customer", "given twice"),
        ("customer.yaml", "domain: customer\ntitel: x", "customer.yaml: "),
        ("customer.match.yaml", "prior: 5", "customer.match.yaml: "),
    ],
)
def test_mistake_in_a_file_names_the_file(tmp_path: Path, file: str, content: str, named: str) -> None:
    (tmp_path / file).write_text(content)
    with pytest.raises(DeclarationError) as raised:
        load_documents(tmp_path)
    assert named in str(raised.value)
    assert raised.value.details["file"] == str(tmp_path / file)


def test_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="is not a folder"):
        load_documents(tmp_path / "none")
