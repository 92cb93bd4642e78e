"""An OpenID Connect provider on a port of its own: publishes its keys, signs tokens, rotates keys, and can be down."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

AUDIENCE = "mdm"
DISCOVERY, KEYS = "/.well-known/openid-configuration", "/keys"


def private_key(algorithm: str, number: int = 0) -> Any:
    """A key that signs with an algorithm; made once for all tests, another one for each number."""
    return _made(algorithm, number)


@cache
def _made(algorithm: str, _number: int) -> Any:
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def published(algorithm: str, key: Any, **more: Any) -> dict[str, Any]:
    """The public part of a key as the provider publishes it."""
    return json.loads(get_default_algorithms()[algorithm].to_jwk(key.public_key())) | more


@dataclass
class IdentityProvider:
    """What the provider answers now, and what it was asked."""

    issuer: str = ""
    keys: list[dict[str, Any]] = field(default_factory=list)
    discovery: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: bool = False

    def publish(self, key_id: str = "first", algorithm: str = "RS256", number: int = 0) -> None:
        """Publish one key and no other."""
        self.keys = [published(algorithm, private_key(algorithm, number), kid=key_id, use="sig")]

    def token(
        self, *, key: Any = None, algorithm: str = "RS256", headers: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """Sign a token; a claim that is None is left out."""
        now = int(time.time())
        given = {"iss": self.issuer, "aud": AUDIENCE, "sub": "0815", "iat": now, "exp": now + 600, **claims}
        said = {name: value for name, value in given.items() if value is not None}
        signing = key if key is not None else private_key(algorithm)
        return jwt.encode(said, signing, algorithm=algorithm, headers={"kid": "first"} | (headers or {}))


@contextmanager
def running_provider() -> Iterator[IdentityProvider]:
    """Run a provider that publishes one RSA key."""
    provider = IdentityProvider()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            found = {DISCOVERY: provider.discovery, KEYS: {"keys": provider.keys}}.get(self.path)
            self.send_response(503 if provider.down else 200 if found is not None else 404)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    provider.discovery = {"issuer": provider.issuer, "jwks_uri": provider.issuer + KEYS}
    provider.publish()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
