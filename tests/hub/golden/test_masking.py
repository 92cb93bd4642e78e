from pathlib import Path
from uuid import UUID

import pytest

from mdm.core.security import Actor, Grant
from mdm.errors import Forbidden, InvalidInput, UnknownMaster
from mdm.hub.golden import read
from mdm.hub.golden.reveal import reveal
from mdm.hub.golden.sight import sight_of
from mdm.hub.stewardship.values import pin
from tests.support.hubs import HubUnderTest, opened_hub

CURRENCY = "CHF"
ATTRIBUTES = {
    "name": "Birkenhof Molkerei",
    "country": "DE",
    "credit_currency": CURRENCY,
    "contacts": [{"email": "jo@birkenhof.example", "name": "Jo Berg"}],
}
READER = Actor("rita", frozenset({"reader"}))
FINANCE = Actor("fred", frozenset({"reader", "finance_data_owner"}))
ADMIN = Actor("ada", frozenset({"admin"}))


@pytest.fixture
def customer(hub: HubUnderTest) -> UUID:
    hub.send("erp", "1", domain="customer", attributes=ATTRIBUTES)
    hub.process()
    return hub.master("erp", "1", domain="customer")


def test_confidential_and_personal_values_are_masked_by_name(hub: HubUnderTest, customer: UUID) -> None:
    for actor in (READER, ADMIN):
        with hub.hub.begin_as(actor) as work:
            view = read.read(work, "customer", customer)
        assert view.masked == ["contacts", "credit_currency"]
        assert not {"contacts", "credit_currency"} & (view.attributes.keys() | view.provenance.keys())


def test_owner_sees_what_they_own_and_nothing_more(hub: HubUnderTest, customer: UUID) -> None:
    with hub.hub.begin_as(FINANCE) as work:
        view = read.read(work, "customer", customer)
        (found,) = read.search(work, "customer", "birkenhof")
    assert view.masked == ["contacts"]
    assert view.attributes["credit_currency"] == found.attributes["credit_currency"] == CURRENCY
    assert "credit_currency" in view.provenance


def test_owner_of_other_domains_sees_nothing_here(hub: HubUnderTest, customer: UUID) -> None:
    elsewhere = Actor.holding("olga", [Grant("reader"), Grant("finance_data_owner", frozenset({"supplier"}))])
    with hub.hub.begin_as(elsewhere) as work:
        assert "credit_currency" in read.read(work, "customer", customer).masked


@pytest.mark.parametrize("text", ["chf", "jo@birkenhof", "berg"])
def test_nothing_is_found_by_a_masked_value(hub: HubUnderTest, customer: UUID, text: str) -> None:
    for actor in (READER, FINANCE, ADMIN):
        with hub.hub.begin_as(actor) as work:
            assert read.search(work, "customer", text) == []


def test_revealed_value_is_logged_with_who_looked_and_why_and_never_itself(hub: HubUnderTest, customer: UUID) -> None:
    with hub.hub.begin_as(ADMIN) as work:
        revealed = reveal(work, "customer", customer, attributes=["credit_currency", "fax"], reason="Fraud case 7")
    assert revealed.attributes == {"credit_currency": CURRENCY}
    ((entry,),) = hub.rows("SELECT to_jsonb(l) FROM action_log l WHERE action = 'value.revealed'")
    assert (entry["actor"], entry["reason"], entry["subject"]) == ("ada", "Fraud case 7", f"customer/{customer}")
    assert entry["details"]["attributes"] == ["credit_currency", "fax"]
    assert CURRENCY not in str(entry)


def test_owner_reveals_their_own_attributes_alone(hub: HubUnderTest, customer: UUID) -> None:
    with hub.hub.begin_as(FINANCE) as work:
        assert reveal(work, "customer", customer, attributes=["credit_currency"], reason="Payment").attributes
    with pytest.raises(Forbidden, match="may not look at contacts"), hub.hub.begin_as(FINANCE) as work:
        reveal(work, "customer", customer, attributes=["credit_currency", "contacts"], reason="Curious")
    with pytest.raises(Forbidden), hub.hub.begin_as(READER) as work:
        reveal(work, "customer", customer, attributes=["contacts"], reason="Curious")
    assert hub.rows("SELECT count(*) FROM action_log WHERE action = 'value.revealed'") == [(1,)]


def test_permission_to_reveal_in_one_domain_is_none_in_another(hub: HubUnderTest, customer: UUID) -> None:
    limited = Actor.holding("ada", [Grant("admin", frozenset({"supplier"})), Grant("reader")])
    with pytest.raises(Forbidden), hub.hub.begin_as(limited) as work:
        reveal(work, "customer", customer, attributes=["contacts"], reason="Curious")


@pytest.mark.parametrize(
    ("attributes", "reason", "path"),
    [([], "Why", "attributes"), (["credit_curency"], "Why", "attributes"), (["contacts"], " ", "reason")],
)
def test_revealing_needs_names_and_a_reason(
    hub: HubUnderTest, customer: UUID, attributes: list[str], reason: str, path: str
) -> None:
    with pytest.raises(InvalidInput) as refused, hub.hub.begin_as(ADMIN) as work:
        reveal(work, "customer", customer, attributes=attributes, reason=reason)
    assert refused.value.details["path"] == path


def test_who_changes_a_masked_value_is_not_shown_the_one_before(hub: HubUnderTest, customer: UUID) -> None:
    steward = Actor("sam", frozenset({"steward"}))
    with hub.hub.begin_as(steward) as work:
        effects = pin(work, "customer", customer, {"credit_currency": "EUR"}, reason="Moved")
    assert CURRENCY not in str(effects)


MACHINE = """
domain: machine
title: Machine
owner: production_data_owner
steward: machine_steward
survivorship: {rule: source_priority}
sources: {mes: {}}
search: [name]
site: plant
attributes:
  name: {type: text, required: true, classification: public}
  plant: {type: code}
  cost: {type: decimal, classification: confidential, owner: finance_data_owner}
"""
MATCH = """
prior: 0.001
thresholds: {review: 0, match: 7}
columns: {name: {kind: values, of: [name]}}
comparisons:
  - name: name
    column: name
    by: identifiers
    levels: [{level: same, m: 0.9, u: 0.001}, {level: different, m: 0.1, u: 0.999}]
keys: [{name: name, parts: [name]}]
clusters: {size_limit: 50, strong: {}, bridge: {weight: 12, share: 0.3}}
"""
PLANT = frozenset({"1000"})


@pytest.fixture
def machines(database: str, tmp_path: Path):  # type: ignore[no-untyped-def]
    """A hub with a press in plant 1000, a lathe in plant 2000 and a crane in none."""
    (tmp_path / "machine.yaml").write_text(MACHINE)
    (tmp_path / "machine.match.yaml").write_text(MATCH)
    with opened_hub(database, domains_dir=tmp_path) as hub:
        for name, plant in (("Press", "1000"), ("Lathe", "2000"), ("Crane", None)):
            hub.send("mes", name, domain="machine", attributes={"name": name, "plant": plant, "cost": "7"})
        hub.process()
        yield hub


def test_who_has_one_site_sees_and_finds_its_records_alone(machines: HubUnderTest) -> None:
    planner = Actor("pia", frozenset({"reader"}), sites=PLANT)
    masters = {name: machines.master("mes", name, domain="machine") for name in ("Press", "Lathe", "Crane")}
    with machines.hub.begin_as(planner) as work:
        assert [found.attributes["name"] for found in read.search(work, "machine", None)] == ["Press"]
        assert read.search(work, "machine", "lathe") == []
        assert read.read(work, "machine", masters["Press"]).attributes["plant"] == "1000"
        for other in ("Lathe", "Crane"):
            for ask in (read.read, read.versions):
                with pytest.raises(UnknownMaster, match="There is no machine"):
                    ask(work, "machine", masters[other])
    with machines.hub.begin_as(READER) as work:
        assert len(read.search(work, "machine", None)) == 3


def test_owner_at_one_site_sees_masked_values_there_alone(machines: HubUnderTest) -> None:
    owner = Actor.holding("olga", [Grant("reader"), Grant("finance_data_owner", sites=PLANT)])
    with machines.hub.begin_as(owner) as work:
        costs = {f.attributes["name"]: f.attributes.get("cost") for f in read.search(work, "machine", None)}
        lathe = read.read(work, "machine", machines.master("mes", "Lathe", domain="machine"))
    assert costs == {"Press": "7", "Lathe": None, "Crane": None}
    assert lathe.masked == ["cost"]


def test_sites_limit_nothing_in_domains_without_sites(hub: HubUnderTest, customer: UUID) -> None:
    with hub.hub.begin_as(Actor("pia", frozenset({"reader"}), sites=PLANT)) as work:
        assert len(read.search(work, "customer", None)) == 1


@pytest.mark.parametrize(
    ("plant", "names"),
    [
        ({"source": "erp", "key": "1000", "master": "0198"}, {"erp/1000", "0198"}),
        ({"source": "erp", "key": "1000", "master": None}, {"erp/1000"}),
        ({"key": "1000"}, set()),
        ("1000", {"1000"}),
        (None, set()),
    ],
)
def test_site_is_named_by_code_or_by_record_or_master(hub: HubUnderTest, plant: object, names: set[str]) -> None:
    domain = hub.hub.catalog.domain("work_center")
    assert domain.sites_of({"plant": plant}) == names


def test_key_of_another_source_names_no_site(hub: HubUnderTest) -> None:
    sight = sight_of(
        Actor("pia", frozenset({"reader"}), sites=frozenset({"erp/1000"})), hub.hub.catalog.domain("work_center")
    )
    assert sight.reaches([{"plant": {"source": "erp", "key": "1000", "master": None}}])
    assert not sight.reaches([{"plant": {"source": "mes", "key": "1000", "master": None}}])
    assert not sight.reaches([{}])
