"""Access tokens (RFC 7519, RFC 9068): whose they are, once everything about them is verified."""

from collections.abc import Sequence
from typing import Any

import jwt
from jwt import PyJWK
from jwt import exceptions as wrong

from mdm.core.security.claims import ClaimNames, Identity, read_identity
from mdm.entrypoints.api.oidc.keys import SigningKeys
from mdm.entrypoints.api.oidc.provider import fetch_keys
from mdm.errors import Unauthenticated
from mdm.settings import Settings

LONGEST = 16_384  # characters
TYPES = ("jwt", "at+jwt", "application/at+jwt", "application/jwt")
REQUIRED = ("iss", "sub", "aud", "exp", "iat")
PAUSE = 30.0  # seconds between two questions to the provider
HINT = "Get a new token from the identity provider."
REASONS: tuple[tuple[type[wrong.PyJWTError], str], ...] = (
    (wrong.ExpiredSignatureError, "The access token has expired."),
    (wrong.ImmatureSignatureError, "The access token is not valid yet."),
    (wrong.InvalidAudienceError, "The access token is for another audience."),
    (wrong.InvalidIssuerError, "The access token comes from another issuer."),
    (wrong.MissingRequiredClaimError, "The access token lacks a claim that is required: {}."),
    (wrong.InvalidSignatureError, "The signature of the access token is wrong."),
)


class TokenReader:
    """Verifies access tokens of one provider and reads whose they are."""

    def __init__(
        self,
        keys: SigningKeys,
        *,
        issuer: str,
        audience: str,
        algorithms: Sequence[str],
        leeway: float,
        names: ClaimNames,
    ) -> None:
        """Accept tokens of this issuer, for this audience, signed with one of these algorithms."""
        self.keys = keys
        self._issuer, self._audience, self._names = issuer, audience, names
        self._algorithms, self._leeway = algorithms, leeway

    def read(self, text: str) -> Identity:
        """Return whose token it is; raises Unauthenticated with the check that failed."""
        header = self._header(text)
        for key in self._candidates(header):
            try:
                claims = self._verified(text, key, header["alg"])
            except wrong.InvalidSignatureError:
                continue
            except wrong.PyJWTError as error:
                raise Unauthenticated(_reason(error), hint=HINT) from None
            return read_identity(claims, self._names)
        raise Unauthenticated("The signature of the access token is wrong.", hint=HINT)

    def _header(self, text: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(text)
        except wrong.PyJWTError:
            raise Unauthenticated("The access token cannot be read.", hint=HINT) from None
        if header.get("alg") not in self._algorithms:
            allowed = ", ".join(self._algorithms)
            raise Unauthenticated(
                "The access token is signed in a way not accepted here.", hint=f"Accepted: {allowed}."
            )
        if "crit" in header or str(header.get("typ", "jwt")).lower() not in TYPES:
            raise Unauthenticated("This is no access token.", hint="Send the access token, no other one.")
        return header

    def _candidates(self, header: dict[str, Any]) -> list[PyJWK]:
        """Return the provider's keys that may have signed with the algorithm of the header."""
        found = [key for key in self.keys.find(header.get("kid")) if key.algorithm_name == header["alg"]]
        if not found:
            raise Unauthenticated("The access token is signed with a key the provider does not publish.", hint=HINT)
        return found

    def _verified(self, text: str, key: PyJWK, algorithm: str) -> dict[str, Any]:
        return jwt.decode(
            text,
            key=key,
            algorithms=[algorithm],
            audience=self._audience,
            issuer=self._issuer,
            leeway=self._leeway,
            options={"require": list(REQUIRED), "enforce_minimum_key_length": True},
        )


def reader_of(settings: Settings) -> TokenReader | None:
    """Return what reads the tokens of the provider in the settings, None if there is none."""
    issuer, audience = settings.oidc_issuer, settings.oidc_audience
    if issuer is None or audience is None:
        return None
    return TokenReader(
        SigningKeys(lambda: fetch_keys(issuer), lasts=settings.oidc_keys_seconds, pause=PAUSE),
        issuer=issuer,
        audience=audience,
        algorithms=settings.oidc_algorithm_list,
        leeway=settings.oidc_leeway_seconds,
        names=ClaimNames(
            name=settings.oidc_name_claim,
            display_name=settings.oidc_display_name_claim,
            roles=settings.oidc_roles_claim,
            groups=settings.oidc_groups_claim,
            role_map=settings.oidc_role_map,
        ),
    )


def _reason(error: wrong.PyJWTError) -> str:
    reason = next((text for kind, text in REASONS if isinstance(error, kind)), "The access token is not valid.")
    return reason.format(getattr(error, "claim", ""))
