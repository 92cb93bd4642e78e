import pytest

from mdm.core.security import ROLES, SYSTEM, Actor, Permission
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
        ("reader", {"read"}),
        ("steward", {"read", "quarantine"}),
        ("operator", {"read", "operate", "quarantine"}),
        ("admin", {"deliver", "read", "operate", "quarantine", "administer"}),
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
