"""What an access token says of its holder, read from the claims that the settings name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mdm.errors import Unauthenticated

MOST = 500  # roles or groups that are read
LONGEST = 200  # characters of a name


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Which claims hold what (`a.b` reaches inside), and which role the provider's names stand for; others for none."""

    name: str
    display_name: str
    roles: str
    groups: str
    role_map: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who holds a token: known by issuer and subject; the names are for people to read."""

    issuer: str
    subject: str
    name: str
    display_name: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    issued_at: datetime


def read_identity(claims: Mapping[str, Any], names: ClaimNames) -> Identity:
    """Read the verified claims of a token; raises Unauthenticated if they name nobody."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.strip() or len(subject) > LONGEST or not subject.isprintable():
        raise Unauthenticated("The access token names no usable subject.")
    name = _name(claims, names.name) or subject
    return Identity(
        issuer=claims["iss"],
        subject=subject,
        name=name,
        display_name=_name(claims, names.display_name) or name,
        roles=tuple(sorted({names.role_map[r] for r in _texts(claims, names.roles) if r in names.role_map})),
        groups=tuple(sorted(set(_texts(claims, names.groups)))),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
    )


def _name(claims: Mapping[str, Any], path: str) -> str | None:
    """Return what the token calls its holder, as far as it can be written in a line."""
    found = _find(claims, path)
    text = found.strip()[:100].strip() if isinstance(found, str) else ""
    return text if text and text.isprintable() else None


def _texts(claims: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the names in a claim: a list, or one text with spaces between as in `scope`."""
    found = _find(claims, path)
    several: Sequence[Any] = found.split() if isinstance(found, str) else found if isinstance(found, list) else ()
    yield from (text for text in several[:MOST] if isinstance(text, str) and _is_usable(text))


def _is_usable(text: str) -> bool:
    return 0 < len(text) <= LONGEST and text.isprintable()


def _find(claims: Mapping[str, Any], path: str) -> Any:
    """Return a claim: one with exactly this name, else the one that the dots lead to."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found
