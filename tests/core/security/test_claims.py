from datetime import UTC, datetime
from typing import Any

import pytest

from mdm.core.security.claims import ClaimNames, Identity, read_identity
from mdm.errors import Unauthenticated

NAMES = ClaimNames("preferred_username", "name", "roles", "groups", {"Stewards": "steward", "Readers": "reader"})


def identity(*, names: ClaimNames = NAMES, **claims: Any) -> Identity:
    return read_identity({"iss": "https://login.example", "sub": "0815", "iat": 1_780_000_000, **claims}, names)


def named(**names: str) -> ClaimNames:
    return ClaimNames(
        **{"name": "n", "display_name": "d", "roles": "r", "groups": "g", "role_map": {"A": "a"}, **names}
    )  # type: ignore[arg-type]


def test_who_has_no_name_is_called_by_their_subject() -> None:
    nameless = identity()
    assert (nameless.name, nameless.display_name) == ("0815", "0815")
    assert nameless.issued_at == datetime.fromtimestamp(1_780_000_000, UTC)


def test_roles_without_a_meaning_here_are_none() -> None:
    assert identity(roles=["Stewards", "admin", "Stewards", 7, None]).roles == ("steward",)


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("roles", {"roles": ["A"]}),
        ("realm.roles", {"realm": {"roles": ["A"]}}),
        ("https://x.example/roles", {"https://x.example/roles": ["A"]}),
        ("scope", {"scope": "openid A"}),
    ],
)
def test_roles_are_found_by_the_path_of_their_claim(path: str, claims: dict[str, Any]) -> None:
    assert identity(names=named(roles=path), **claims).roles == ("a",)


@pytest.mark.parametrize("value", [None, 7, {"a": 1}, [], "", [["x"]], [""], ["x\ny"], ["x" * 500]])
def test_claim_of_another_shape_says_nothing(value: object) -> None:
    assert identity(groups=value).groups == ()


def test_claim_that_is_not_there_inside_another_says_nothing() -> None:
    assert identity(names=named(groups="a.b.c"), a={"b": "text"}).groups == ()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", 7, None, ["anna"]])
def test_name_that_cannot_be_written_in_a_line_is_none(name: object) -> None:
    assert identity(preferred_username=name).name == "0815"


def test_long_names_are_cut() -> None:
    assert len(identity(preferred_username="x" * 300).name) == 100


@pytest.mark.parametrize("subject", ["", " ", 7, None, "x" * 201, "a\x00"])
def test_token_without_a_usable_subject_is_refused(subject: object) -> None:
    with pytest.raises(Unauthenticated, match="no usable subject"):
        identity(sub=subject)
