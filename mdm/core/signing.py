"""Ed25519 (RFC 8032): keys that sign, and whether a signature is genuine; keys and signatures are hex."""

from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

END = b"-----END PUBLIC KEY-----"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key."""

    _key: Ed25519PrivateKey

    @classmethod
    def made(cls) -> Self:
        """Make a new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Read a key without password; raises ValueError if it is none, or not Ed25519."""
        try:
            key = load_pem_private_key(pem, password=None)
        except TypeError as error:
            raise ValueError("it is protected by a password") from error
        if isinstance(key, Ed25519PrivateKey):
            return cls(key)
        raise ValueError("it is no Ed25519 key")

    @property
    def public_key(self) -> str:
        """The public key."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, text: str) -> str:
        """Return the signature of a text."""
        return self._key.sign(text.encode()).hex()

    def pem(self) -> bytes:
        """Return the private key as PEM (PKCS #8)."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def public_pem(self) -> str:
        """Return the public key as PEM."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def public_keys(pem: bytes) -> list[str]:
    """Read public keys, one after another; raises ValueError if one is broken or not Ed25519."""
    found = [load_pem_public_key(part + END) for part in pem.split(END)[:-1]]
    keys = [key.public_bytes_raw().hex() for key in found if isinstance(key, Ed25519PublicKey)]
    if not found or len(keys) != len(found):
        raise ValueError("it holds no Ed25519 public keys, or others too")
    return keys


def is_genuine(text: str, *, signature: str, public_key: str) -> bool:
    """Tell whether the holder of the key signed the text."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
