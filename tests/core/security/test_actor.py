import pytest

from mdm.core.security import ROLES, SYSTEM, Actor, Grant, Permission
from mdm.errors import Forbidden


def actor(*roles: str, domains: tuple[str, ...] = ("*",)) -> Actor:
    return Actor("anna", frozenset(roles), frozenset(domains))


def test_actor_without_roles_may_nothing() -> None:
    assert not any(actor().may(permission) for permission in Permission)


def test_role_that_is_no_longer_there_grants_nothing() -> None:
    assert not any(actor("archivist").may(permission) for permission in Permission)


@pytest.mark.parametrize(
    ("role", "granted"),
    [
        ("source", {"deliver"}),
        ("reader", {"read", "check"}),
        ("steward", {"read", "check", "quarantine", "steward"}),
        ("approver", {"read", "approve"}),
        ("operator", {"read", "operate", "quarantine"}),
        ("admin", set(Permission)),
    ],
)
def test_role_grants_what_it_is_for(role: str, granted: set[str]) -> None:
    assert {str(permission) for permission in Permission if actor(role).may(permission)} == granted


def test_administering_is_for_administrators_alone() -> None:
    assert [role for role, granted in ROLES.items() if Permission.ADMINISTER in granted] == ["admin"]


def test_roles_add_up() -> None:
    both = actor("source", "reader")
    assert both.may(Permission.DELIVER)
    assert both.may(Permission.READ)


def test_permission_in_one_domain_is_none_in_another() -> None:
    limited = actor("reader", domains=("customer",))
    limited.require(Permission.READ, domain="customer")
    with pytest.raises(Forbidden, match=r"no access to supplier.*domains are: customer"):
        limited.require(Permission.READ, domain="supplier")


def test_without_any_domain_nothing_is_seen() -> None:
    nowhere = actor("admin", domains=())
    assert not nowhere.sees("customer")
    with pytest.raises(Forbidden, match="domains are: none"):
        nowhere.require(Permission.READ, domain="customer")


def test_what_belongs_to_no_known_domain_is_for_who_sees_all() -> None:
    assert actor("steward").sees(None)
    assert not actor("steward", domains=("customer", "supplier")).sees(None)


def test_refusal_names_the_roles_that_may() -> None:
    with pytest.raises(Forbidden, match=r"anna may not quarantine.*admin, operator, steward"):
        actor("reader").require(Permission.QUARANTINE)


def test_hub_itself_may_everything_everywhere() -> None:
    assert all(SYSTEM.may(permission) for permission in Permission)
    assert SYSTEM.sees_all


ON_SUPPLIERS, ON_CUSTOMERS = frozenset({"supplier"}), frozenset({"customer"})


def test_role_in_one_domain_lends_nothing_to_another_role_in_another() -> None:
    both = Actor.holding("anna", [Grant("steward", ON_SUPPLIERS), Grant("reader", ON_CUSTOMERS)])
    assert both.may(Permission.STEWARD, domain="supplier")
    assert both.may(Permission.READ, domain="customer")
    assert not both.may(Permission.STEWARD, domain="customer")
    assert both.scope(Permission.STEWARD) == ON_SUPPLIERS
    assert not both.holds("steward", domain="customer")


def test_scope_of_a_role_for_everything_is_unlimited() -> None:
    assert actor("reader").scope(Permission.READ) is None
    assert actor("reader").scope(Permission.STEWARD) == frozenset()
    assert actor("reader").sites_in("item_plant", Permission.READ) is None


def test_sites_are_those_of_the_roles_that_grant_the_permission() -> None:
    planner = Actor.holding(
        "anna", [Grant("steward", sites=frozenset({"1000"})), Grant("reader", sites=frozenset({"2000"}))]
    )
    assert planner.sites_in("item_plant", Permission.STEWARD) == {"1000"}
    assert planner.sites_in("item_plant", Permission.READ) == {"1000", "2000"}


def test_administering_everywhere_needs_it_for_all_domains_and_sites() -> None:
    actor("admin").require_everywhere(Permission.ADMINISTER)
    somewhere = Actor.holding("anna", [Grant("admin", ON_SUPPLIERS), Grant("reader")])
    with pytest.raises(Forbidden, match="only within a scope"):
        somewhere.require_everywhere(Permission.ADMINISTER)


OWNER = "supplier_data_owner"


def delegate(*by: str, own: bool = False) -> Actor:
    return Actor.holding("ben", [Grant(OWNER, delegated_by=name) for name in by] + [Grant(OWNER)] * own)


def test_nobody_decides_what_they_made() -> None:
    assert not delegate(own=True).may_decide(OWNER, authors={"ben"})
    assert not delegate("anna").may_decide(OWNER, authors={"ben"})
    assert delegate(own=True).may_decide(OWNER, authors={"anna"})


def test_nobody_decides_without_the_role() -> None:
    assert not delegate(own=True).may_decide("finance_data_owner", authors=())
    assert not Actor.holding("ben", [Grant(OWNER, ON_CUSTOMERS)]).may_decide(OWNER, authors=(), domain="supplier")


@pytest.mark.parametrize(
    ("by", "own", "may"),
    [(("anna",), False, False), (("anna",), True, True), (("anna", "carl"), False, True), (("carl",), False, True)],
)
def test_decision_by_a_role_delegated_by_the_author_is_the_authors(
    by: tuple[str, ...], *, own: bool, may: bool
) -> None:
    assert delegate(*by, own=own).may_decide(OWNER, authors={"anna"}) is may


def test_actor_made_in_words_decides_like_one_made_of_grants() -> None:
    ben = Actor("ben", frozenset({OWNER}), delegated={OWNER: frozenset({"anna"})})
    assert not ben.may_decide(OWNER, authors={"anna"})
    assert ben.may_decide(OWNER, authors={"carl"})


def test_role_held_by_oneself_is_not_a_delegated_one() -> None:
    assert delegate("anna").delegated == {OWNER: {"anna"}}
    assert delegate("anna", own=True).delegated == {}


def test_who_delegated_stands_behind_what_is_done_by_it_alone() -> None:
    ben = Actor.holding("ben", [Grant("steward", delegated_by="anna"), Grant("reader")])
    assert ben.behind(Permission.STEWARD) == ("anna", "ben")
    assert ben.behind(Permission.READ) == ("ben",)
