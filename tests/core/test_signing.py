import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mdm.core.signing import Signer, is_genuine, public_keys

# RFC 8032, section 7.1, test 1: the public key of the empty message's signature
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
SIGNATURE = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
    "d25bf5f0595bbe24655141438e7a100b"
)


def test_published_example_is_genuine_and_nothing_else_is() -> None:
    assert is_genuine("", signature=SIGNATURE, public_key=PUBLIC)
    assert not is_genuine("x", signature=SIGNATURE, public_key=PUBLIC)
    assert not is_genuine("", signature=SIGNATURE, public_key=Signer.made().public_key)
    assert not is_genuine("", signature="no hex", public_key=PUBLIC)


def test_key_read_from_its_pem_signs_the_same() -> None:
    signer = Signer.made()
    again = Signer.from_pem(signer.pem())
    assert again.public_key == signer.public_key
    assert is_genuine("text", signature=again.sign("text"), public_key=signer.public_key)


def test_several_public_keys_are_read_from_one_file() -> None:
    first, second = Signer.made(), Signer.made()
    assert public_keys((first.public_pem() + second.public_pem()).encode()) == [first.public_key, second.public_key]


def test_what_is_no_ed25519_key_is_refused() -> None:
    other = X25519PrivateKey.generate()
    with pytest.raises(ValueError, match="no Ed25519 key"):
        Signer.from_pem(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for pem in (b"", other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)):
        with pytest.raises(ValueError, match="no Ed25519 public keys"):
            public_keys(pem)
