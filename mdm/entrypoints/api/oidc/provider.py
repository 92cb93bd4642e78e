"""Asking an identity provider for its signing keys (OpenID Connect Discovery 1.0, RFC 7517)."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from mdm.errors import Unavailable

SECONDS = 5.0
LARGEST = 512 * 1024
ASYMMETRIC = ("RSA", "EC", "OKP")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def fetch_keys(issuer: str) -> dict[str | None, list[PyJWK]]:
    """Return the provider's public signing keys by their ids; raises Unavailable if they cannot be had."""
    with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
        found = _document(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise Unavailable("The identity provider calls itself by another issuer.", hint="Check MDM_OIDC_ISSUER.")
        address = found.get("jwks_uri")
        if not isinstance(address, str) or not is_safe(address):
            raise Unavailable("The identity provider names no safe address of its keys.")
        return _usable(_document(client, address).get("keys"))


def is_safe(address: str) -> bool:
    """Tell whether nobody on the way can change what an address answers: https, or this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def _document(client: httpx.Client, address: str) -> Mapping[str, Any]:
    try:
        with client.stream("GET", address, headers={"Accept": "application/json"}) as answer:
            answer.raise_for_status()
            content = b""
            for part in answer.iter_bytes():
                content += part
                if len(content) > LARGEST:
                    raise Unavailable("The identity provider's answer is too large.")
        found = httpx.Response(200, content=content).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Unavailable("The identity provider cannot be asked for its keys.", hint="Is it running?") from error
    if not isinstance(found, Mapping):
        raise Unavailable("The identity provider does not answer as one.", hint="Check MDM_OIDC_ISSUER.")
    return found


def _usable(given: Any) -> dict[str | None, list[PyJWK]]:
    """Return the keys that can verify a signature, each with an algorithm it is for; others are left out."""
    usable: dict[str | None, list[PyJWK]] = {}
    for document in given if isinstance(given, list) else ():
        for key in _keys(document):
            usable.setdefault(key.key_id, []).append(key)
    if not usable:
        raise Unavailable("The identity provider publishes no usable signing key.")
    return usable


def _keys(document: Any) -> Iterator[PyJWK]:
    """Yield a published key: one of RSA that names no algorithm is for both kinds of padding."""
    if not isinstance(document, dict) or document.get("kty") not in ASYMMETRIC or document.get("use", "sig") != "sig":
        return
    both = document["kty"] == "RSA" and "alg" not in document
    for algorithm in ("RS256", "PS256") if both else (None,):
        with suppress(PyJWTError, ValueError, TypeError):
            yield PyJWK.from_dict(document, algorithm)
