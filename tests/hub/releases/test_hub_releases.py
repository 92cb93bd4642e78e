import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mdm import bootstrap
from mdm.core.domains import load_documents
from mdm.core.ids import digest
from mdm.core.security import Actor
from mdm.errors import DeclarationError, Forbidden, UnknownDomain
from mdm.hub import releases
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest, opened_hub

Documents = dict[str, dict[str, Any]]
READER = Actor("anna", frozenset({"reader"}))


@pytest.fixture
def changed() -> Documents:
    """The shipped declarations with another title of suppliers."""
    documents = copy.deepcopy(load_documents())
    documents["supplier"]["declaration"]["title"] = "Vendor"
    return documents


def propose(hub: HubUnderTest, documents: Documents) -> dict[str, tuple[str, int]]:
    with hub.hub.begin() as work:
        return {p.domain: (p.state, p.number) for p in releases.propose(work, documents)}


def stored(hub: HubUnderTest, domain: str = "supplier") -> list[tuple[int, str]]:
    with hub.hub.begin() as work:
        return [(release.number, release.state) for release in releases.history(work, domain)]


def test_first_start_stores_release_1_of_every_domain(database: str) -> None:
    found = bootstrap.prepare(Settings(), database)
    assert {(p.domain, p.state, p.number) for p in found} == {(name, "first release", 1) for name in load_documents()}
    assert {p.domain: p.hash for p in found} == {name: digest(document) for name, document in load_documents().items()}


def test_second_start_stores_nothing(hub: HubUnderTest) -> None:
    assert bootstrap.prepare(Settings(), hub.dsn) == []


def test_stored_release_is_the_declaration_as_it_was(hub: HubUnderTest) -> None:
    with hub.hub.begin() as work:
        (release,) = releases.history(work, "customer")
    assert digest(release.document) == release.hash == digest(load_documents()["customer"])


def test_priority_of_sources_survives_the_database(hub: HubUnderTest) -> None:
    assert list(hub.hub.catalog.domain("customer").sources) == ["erp", "crm", "shop", "steward"]
    assert hub.hub.catalog.domain("supplier").policy.sources == ("erp", "procurement", "portal", "steward")


def test_unchanged_files_are_what_is_in_force(hub: HubUnderTest) -> None:
    assert propose(hub, load_documents()) == dict.fromkeys(load_documents(), ("active", 1))
    assert stored(hub) == [(1, "active")]


def test_changed_file_becomes_a_draft_once(hub: HubUnderTest, changed: Documents) -> None:
    assert propose(hub, changed)["supplier"] == ("draft", 2)
    proposed = propose(hub, changed)
    assert (proposed["customer"], proposed["supplier"]) == (("active", 1), ("known draft", 2))
    assert stored(hub) == [(1, "active"), (2, "draft")]


def test_draft_names_what_it_changes_for_subscribers(hub: HubUnderTest, changed: Documents) -> None:
    attributes = changed["supplier"]["declaration"]["attributes"]
    del attributes["payment_terms"]
    attributes["industry"]["type"] = "code"
    attributes["email"]["classification"] = "confidential"
    attributes["rating"] = {"type": "decimal"}
    with hub.hub.begin() as work:
        [draft] = [p for p in releases.propose(work, changed) if p.domain == "supplier"]
    assert {(str(change), change.breaking) for change in draft.changes} == {
        ("payment_terms: removed", True), ("industry: retyped", True), ("email: removed", True),
        ("rating: added", False),
    }  # fmt: skip


def test_draft_of_other_rules_changes_nothing_for_subscribers(hub: HubUnderTest, changed: Documents) -> None:
    changed["supplier"]["declaration"]["attributes"]["phone"]["survivorship"] = {"rule": "most_frequent"}
    with hub.hub.begin() as work:
        assert [p.changes for p in releases.propose(work, changed) if p.changes] == []


def test_every_other_change_is_another_draft(hub: HubUnderTest, changed: Documents) -> None:
    propose(hub, changed)
    changed["supplier"]["declaration"]["title"] = "Vendors"
    assert propose(hub, changed)["supplier"] == ("draft", 3)


def test_draft_does_not_come_into_force_by_starting_again(hub: HubUnderTest, changed: Documents) -> None:
    propose(hub, changed)
    with opened_hub(hub.dsn) as again:
        assert again.hub.catalog.domain("supplier").title == "Supplier"
        assert again.hub.catalog.domain("supplier").release == 1
        assert stored(again) == [(1, "active"), (2, "draft")]


def test_new_domain_is_no_draft_but_waits_for_the_next_start(hub: HubUnderTest, changed: Documents) -> None:
    changed["vendor"] = copy.deepcopy(changed["supplier"])
    changed["vendor"]["declaration"]["domain"] = "vendor"
    assert propose(hub, changed)["vendor"] == ("new", 1)
    with hub.hub.begin() as work:
        (first,) = releases.store_first(work, changed)
    assert (first.domain, first.state) == ("vendor", "first release")


def test_invalid_declaration_is_not_proposed(hub: HubUnderTest, changed: Documents) -> None:
    changed["supplier"]["declaration"]["search"] = ["nmae"]
    with pytest.raises(DeclarationError, match="nmae"):
        propose(hub, changed)
    assert stored(hub) == [(1, "active")]


def test_files_are_proposed_by_who_owns_something_of_the_domains_they_change(
    hub: HubUnderTest, changed: Documents
) -> None:
    with hub.hub.begin_as(Actor("olga", frozenset({"procurement_data_owner", "approver"}))) as work:
        found = {p.domain: p.state for p in releases.propose(work, changed)}
    assert found == dict.fromkeys(changed, "active") | {"supplier": "draft"}
    with hub.hub.begin() as work:
        assert releases.history(work, "supplier")[-1].authors == ["olga"]


@pytest.mark.parametrize("role", ["reader", "steward", "operator"])
def test_files_are_not_proposed_by_others(hub: HubUnderTest, changed: Documents, role: str) -> None:
    with pytest.raises(Forbidden, match="supplier"), hub.hub.begin_as(Actor("anna", frozenset({role}))) as work:
        releases.propose(work, changed)
    assert stored(hub) == [(1, "active")]


def test_history_of_an_unknown_domain_is_refused(hub: HubUnderTest) -> None:
    with pytest.raises(UnknownDomain, match="Did you mean `supplier`"), hub.hub.begin_as(READER) as work:
        releases.history(work, "suplier")


def test_two_proposals_at_once_are_one_draft(hub: HubUnderTest, changed: Documents) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: propose(hub, changed)["supplier"], range(4)))
    assert sorted(found) == [("draft", 2), *[("known draft", 2)] * 3]


def test_draft_is_logged_once_with_digests_of_the_rules_before_and_after(hub: HubUnderTest, changed: Documents) -> None:
    propose(hub, changed)
    propose(hub, changed)
    logged = hub.rows("SELECT action, subject, domain, before_digest, after_digest FROM action_log")
    before, after = digest(load_documents()["supplier"]), digest(changed["supplier"])
    assert logged == [("release.proposed", "release/supplier/2", "supplier", before, after)]
