import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from mdm.entrypoints.api.oidc import TokenReader, reader_of
from mdm.errors import Unauthenticated
from mdm.settings import Settings
from tests.support.identity_provider import AUDIENCE, IdentityProvider, private_key, published, running_provider


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with running_provider() as running:
        yield running


def reading(provider: IdentityProvider, **given: object) -> TokenReader:
    settings = Settings(oidc_issuer=provider.issuer, oidc_audience=AUDIENCE, oidc_leeway_seconds=5, **given)
    reader = reader_of(settings)
    assert reader is not None
    return reader


@pytest.fixture(scope="module")
def reader(provider: IdentityProvider) -> TokenReader:
    return reading(provider, oidc_roles="Data Stewards=steward")


def test_token_tells_whose_it_is(provider: IdentityProvider, reader: TokenReader) -> None:
    claims = {"preferred_username": "anna", "name": "Anna Berg", "roles": ["Data Stewards", "admin"], "groups": ["EU"]}
    anna = reader.read(provider.token(**claims))
    assert (anna.issuer, anna.subject, anna.name, anna.display_name) == (provider.issuer, "0815", "anna", "Anna Berg")
    assert (anna.roles, anna.groups) == (("steward",), ("EU",))


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_every_algorithm_of_the_list_is_verified(provider: IdentityProvider, algorithm: str) -> None:
    provider.publish(algorithm=algorithm)
    try:
        assert reading(provider).read(provider.token(algorithm=algorithm)).subject == "0815"
    finally:
        provider.publish()


NOW = int(time.time())


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": NOW - 60}, "has expired"),
        ({"nbf": NOW + 3_600}, "not valid yet"),
        ({"iat": NOW + 3_600}, "not valid yet"),
        ({"aud": "payroll"}, "another audience"),
        ({"aud": None}, "lacks a claim that is required: aud"),
        ({"iss": "https://elsewhere.example"}, "another issuer"),
        ({"exp": None}, "lacks a claim that is required: exp"),
        ({"iat": None}, "lacks a claim that is required: iat"),
        ({"sub": None}, "lacks a claim that is required: sub"),
        ({"sub": " "}, "no usable subject"),
    ],
)
def test_refused_token_says_which_check_failed(
    provider: IdentityProvider, reader: TokenReader, claims: dict[str, object], reason: str
) -> None:
    with pytest.raises(Unauthenticated, match=reason):
        reader.read(provider.token(**claims))


def test_clocks_may_differ_by_the_leeway(provider: IdentityProvider, reader: TokenReader) -> None:
    now = int(time.time())
    assert reader.read(provider.token(exp=now - 2, nbf=now + 2, iat=now + 2)).subject == "0815"


def test_token_for_several_audiences_is_taken(provider: IdentityProvider, reader: TokenReader) -> None:
    assert reader.read(provider.token(aud=["payroll", AUDIENCE])).subject == "0815"


def test_signature_of_somebody_else_is_refused(provider: IdentityProvider, reader: TokenReader) -> None:
    with pytest.raises(Unauthenticated, match="signature of the access token is wrong"):
        reader.read(provider.token(key=private_key("RS256", 1)))


def test_changed_claims_are_refused(provider: IdentityProvider, reader: TokenReader) -> None:
    header, _, signature = provider.token().split(".")
    forged = provider.token(sub="admin").split(".")[1]
    with pytest.raises(Unauthenticated, match="signature"):
        reader.read(f"{header}.{forged}.{signature}")


def test_unsigned_token_is_refused(provider: IdentityProvider, reader: TokenReader) -> None:
    claims = jwt.decode(provider.token(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": "first"})
    with pytest.raises(Unauthenticated, match="not accepted here"):
        reader.read(unsigned)


def test_public_key_is_no_shared_secret(provider: IdentityProvider, reader: TokenReader) -> None:
    """The known confusion: HS256 with the published RSA key as the secret."""
    secret = (
        private_key("RS256")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "first"}).encode()).rstrip(b"=")
    body = provider.token().split(".")[1].encode()
    mac = base64.urlsafe_b64encode(hmac.digest(secret, head + b"." + body, hashlib.sha256)).rstrip(b"=")
    with pytest.raises(Unauthenticated, match="not accepted here"):
        reader.read(b".".join((head, body, mac)).decode())


def test_algorithm_the_settings_leave_out_is_refused(provider: IdentityProvider) -> None:
    with pytest.raises(Unauthenticated, match="not accepted here"):
        reading(provider, oidc_algorithms="ES256,EdDSA").read(provider.token())


def test_algorithm_the_key_is_not_for_is_refused(provider: IdentityProvider) -> None:
    provider.keys = [published("RS256", private_key("RS256"), kid="first", alg="RS256")]
    try:
        with pytest.raises(Unauthenticated, match="does not publish"):
            reading(provider).read(provider.token(algorithm="PS256", key=private_key("RS256")))
    finally:
        provider.publish()


@pytest.mark.parametrize("headers", [{"typ": "logout+jwt"}, {"crit": ["exp"]}])
def test_what_is_no_access_token_is_refused(
    provider: IdentityProvider, reader: TokenReader, headers: dict[str, object]
) -> None:
    with pytest.raises(Unauthenticated):
        reader.read(provider.token(headers=headers))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30.", "....", "eyJhbGciOiJSUzI1NiJ9", "mdm_x_y"])
def test_what_is_no_token_at_all_is_refused(reader: TokenReader, text: str) -> None:
    with pytest.raises(Unauthenticated, match=r"cannot be read|not accepted"):
        reader.read(text)


def test_provider_that_is_not_configured_reads_nothing() -> None:
    assert reader_of(Settings()) is None
