from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from mdm.core.security import Actor
from mdm.errors import AlreadyDecided, Forbidden, InvalidInput, NotFound, TooManyKeys, Unauthenticated
from mdm.hub.access import ShownKey, authenticate, create_key, list_keys, revoke_key, rotate_key
from tests.support.hubs import HubUnderTest

SOON = datetime.now(UTC) + timedelta(hours=1)


def made(hub: HubUnderTest, **given: object) -> tuple[ShownKey, str]:
    with hub.hub.begin() as work:
        return create_key(work, **{"name": "anna", "roles": ["reader"], **given})  # type: ignore[arg-type]


def known(hub: HubUnderTest, text: str) -> Actor:
    with hub.hub.begin() as work:
        return authenticate(work, text)


def test_key_stands_for_its_name_roles_and_domains(hub: HubUnderTest) -> None:
    _, text = made(hub, roles=["source", "reader", "source"], domains=["supplier"])
    anna = known(hub, text)
    assert (anna.name, anna.roles, anna.domains) == ("anna", {"reader", "source"}, {"supplier"})


def test_only_the_hash_of_the_secret_is_stored(hub: HubUnderTest) -> None:
    key, text = made(hub)
    secret = text.split("_", 2)[2]
    ((row,),) = hub.rows("SELECT to_jsonb(k) FROM api_key k")
    assert secret not in str(row)
    assert row["hash"] == "\\x" + sha256(secret.encode()).hexdigest()
    assert key.prefix == row["prefix"] == text.split("_")[1]


def test_no_two_keys_are_alike(hub: HubUnderTest) -> None:
    made_keys = [made(hub, purpose=str(number)) for number in range(3)]
    assert len({text for _, text in made_keys}) == len({key.prefix for key, _ in made_keys}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "", "mdm", "mdm_", "mdm__", "{0}", "mdm_{0}", "mdm_{0}_", "mdm_{0}_wrong", "mdm_{0}_{1}x", "MDM_{0}_{1}",
        " mdm_{0}_{1}", "mdm_{0}_{1}\n", "mdm_00000000_{1}", "mdm_{0}_ü", "mdm_\x00_x", "mdm_\ud800_x",
        "mdm_{0}_\ud800",        "mdm_' OR 1=1 --_x", "mdm_%_x", "mdm_" + "a" * 100_000 + "_x",
    ],
)  # fmt: skip
def test_anything_but_the_key_is_refused_without_a_reason(hub: HubUnderTest, text: str) -> None:
    key, right = made(hub)
    tried = text.replace("{0}", key.prefix).replace("{1}", right.split("_", 2)[2])
    with pytest.raises(Unauthenticated, match="The API key is not valid"):
        known(hub, tried)


def test_expired_key_is_refused_from_the_instant_on(hub: HubUnderTest) -> None:
    assert known(hub, made(hub, expires_at=SOON)[1]).name == "anna"
    text = made(hub, expires_at=datetime.now(UTC))[1]
    with pytest.raises(Unauthenticated, match="expired"):
        known(hub, text)


def test_wrong_secret_of_an_expired_key_does_not_tell_that_it_expired(hub: HubUnderTest) -> None:
    key, _ = made(hub, expires_at=datetime.now(UTC))
    with pytest.raises(Unauthenticated, match="not valid"):
        known(hub, f"mdm_{key.prefix}_guessed")


def test_revoked_key_ends_at_once_and_is_revoked_once(hub: HubUnderTest) -> None:
    key, text = made(hub)
    with hub.hub.begin() as work:
        revoke_key(work, key.prefix)
    with pytest.raises(Unauthenticated, match="not valid"):
        known(hub, text)
    with pytest.raises(AlreadyDecided, match=f"{key.prefix} is revoked already"), hub.hub.begin() as work:
        revoke_key(work, key.prefix)
    assert hub.rows("SELECT revoked_by FROM api_key") == [("hub",)]


def test_key_that_is_not_there_cannot_be_revoked(hub: HubUnderTest) -> None:
    with pytest.raises(NotFound, match="mdm key list"), hub.hub.begin() as work:
        revoke_key(work, "00000000")


def test_keys_are_listed_oldest_first_with_revoked_ones_and_without_secrets(hub: HubUnderTest) -> None:
    texts = [made(hub, name=name)[1] for name in ("b", "a", "c")]
    with hub.hub.begin() as work:
        revoke_key(work, texts[1].split("_")[1])
        found = list_keys(work)
    assert [(key.name, key.revoked_at is None) for key in found] == [("b", True), ("a", False), ("c", True)]
    assert not any(text.split("_", 2)[2] in str(found) for text in texts)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"name": ""}, "name"), ({"name": "  "}, "name"), ({"name": "x" * 101}, "name"), ({"name": "a\nb"}, "name"),
        ({"roles": []}, "roles"), ({"roles": ["king"]}, "roles"), ({"roles": ["reader", "Admin"]}, "roles"),
        ({"expires_at": datetime.max.replace(tzinfo=UTC)}, "expires_at"), ({"purpose": " "}, "purpose"),
        ({"domains": []}, "domains"), ({"domains": ["suplier"]}, "domains"), ({"domains": ["*", "x"]}, "domains"),
    ],
)  # fmt: skip
def test_key_for_nobody_nothing_or_nowhere_is_not_made(hub: HubUnderTest, wrong: dict[str, object], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        made(hub, **wrong)
    assert refused.value.details["path"] == path
    assert hub.rows("SELECT count(*) FROM api_key") == [(0,)]


@pytest.mark.parametrize("role", ["reader", "source", "steward", "operator"])
def test_keys_of_others_are_for_administrators_alone(hub: HubUnderTest, role: str) -> None:
    someone, (key, _) = Actor("someone", frozenset({role})), made(hub)
    for act in (
        lambda work: revoke_key(work, key.prefix),
        lambda work: revoke_key(work, "x"),
        lambda work: rotate_key(work, key.prefix),
        lambda work: create_key(work, name="x", roles=["admin"]),
    ):
        with pytest.raises(Forbidden, match="someone may not administer"), hub.hub.begin_as(someone) as work:
            act(work)
    with hub.hub.begin_as(someone) as work:
        assert list_keys(work) == []


def test_administrator_of_one_domain_makes_no_keys(hub: HubUnderTest) -> None:
    limited = Actor("olga", frozenset({"admin"}), frozenset({"customer"}))
    with pytest.raises(Forbidden, match="only within a scope"), hub.hub.begin_as(limited) as work:
        create_key(work, name="x", roles=["reader"])


def test_key_is_limited_to_a_part_of_what_its_holder_has(hub: HubUnderTest) -> None:
    made(hub, roles=["reader", "steward"])
    limited = known(hub, made(hub, roles=["reader"], domains=["customer"])[1])
    assert (limited.name, limited.roles, limited.domains) == ("anna", {"reader"}, {"customer"})


def test_key_for_more_than_its_holder_has_is_not_made(hub: HubUnderTest) -> None:
    made(hub, roles=["reader"])
    with pytest.raises(InvalidInput, match="anna does not hold admin"):
        made(hub, roles=["admin"])


def test_key_of_nobody_without_roles_is_not_made(hub: HubUnderTest) -> None:
    with pytest.raises(NotFound, match="no person or service anna"):
        made(hub, roles=None)


def test_rotated_key_lives_on_for_a_while_beside_the_new_one(hub: HubUnderTest) -> None:
    old, old_text = made(hub, roles=["reader"])
    with hub.hub.begin() as work:
        new, new_text = rotate_key(work, old.prefix, overlap_days=1)
    assert known(hub, old_text).name == known(hub, new_text).name == "anna"
    (ends,) = hub.rows("SELECT expires_at FROM api_key WHERE prefix = %s", old.prefix)[0]
    assert timedelta(hours=23) < ends - new.created_at <= timedelta(days=1)
    with pytest.raises(TooManyKeys), hub.hub.begin() as work:
        rotate_key(work, new.prefix)
    with pytest.raises(TooManyKeys):
        made(hub, roles=["reader"])


def test_key_rotated_without_overlap_ends_at_once(hub: HubUnderTest) -> None:
    old, old_text = made(hub)
    with hub.hub.begin() as work:
        rotate_key(work, old.prefix, overlap_days=0)
    with pytest.raises(Unauthenticated, match="expired"):
        known(hub, old_text)
    with pytest.raises(AlreadyDecided, match="has ended"), hub.hub.begin() as work:
        rotate_key(work, old.prefix)


def test_rotation_keeps_limits_and_lifetime_and_is_for_the_holder_too(hub: HubUnderTest) -> None:
    made(hub, roles=["reader", "steward"])
    old, _ = made(hub, roles=["reader"], domains=["customer"], purpose="feed", expires_at=SOON)
    with hub.hub.begin_as(Actor("anna", frozenset({"reader"}))) as work:
        new, text = rotate_key(work, old.prefix)
        assert {key.prefix for key in list_keys(work)} >= {old.prefix, new.prefix}
    assert (known(hub, text).roles, known(hub, text).domains) == ({"reader"}, {"customer"})
    assert new.expires_at is not None
    assert old.expires_at is not None
    assert abs((new.expires_at - new.created_at) - (old.expires_at - old.created_at)) < timedelta(seconds=1)


def test_keys_are_logged_when_made_rotated_and_revoked(hub: HubUnderTest) -> None:
    key, _ = made(hub, reason="New webshop")
    with hub.hub.begin() as work:
        new, _ = rotate_key(work, key.prefix, reason="Yearly")
        revoke_key(work, new.prefix, reason="Leaked")
    logged = hub.rows("SELECT action, subject, reason FROM action_log WHERE action LIKE 'key.%%' ORDER BY id")
    assert logged == [
        ("key.created", f"key/{key.prefix}", "New webshop"),
        ("key.rotated", f"key/{new.prefix}", "Yearly"),
        ("key.revoked", f"key/{new.prefix}", "Leaked"),
    ]


def test_key_is_not_rotated_twice_at_once(hub: HubUnderTest) -> None:
    key, _ = made(hub)

    def rotate(_: int) -> bool:
        try:
            with hub.hub.begin() as work:
                rotate_key(work, key.prefix)
        except TooManyKeys:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(rotate, range(4))) == 1
