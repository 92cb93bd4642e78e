"""Files of keys: the one that signs seals, and those whose signatures count."""

import os
import tempfile
from pathlib import Path

from mdm.core.signing import Signer, public_keys
from mdm.errors import InvalidInput, Unavailable


def signer_of(path: Path, *, make: bool = False) -> Signer:
    """Read the private key; `make` it first if there is none, readable for its owner only.

    Raises Unavailable if there is none or it cannot be read or written, InvalidInput if it is no Ed25519 key.
    """
    try:
        if make:
            _make(path)
        return Signer.from_pem(path.read_bytes())
    except OSError as error:
        raise Unavailable(
            f"The key that signs the action log, {path}, cannot be had: {error.strerror}.",
            hint="`mdm worker clock` makes it when it first runs; MDM_AUDIT_KEY says where it is.",
        ) from error
    except ValueError as error:
        raise InvalidInput(f"{path} cannot sign the action log: {error}.", hint="It must be Ed25519, as PEM.") from None


def trusted_keys(path: Path | None) -> frozenset[str]:
    """Read public keys in PEM, one after another; raises InvalidInput if the file is not like that."""
    if path is None:
        return frozenset()
    try:
        return frozenset(public_keys(path.read_bytes()))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", hint="See MDM_AUDIT_TRUSTED.") from error
    except ValueError as error:
        raise InvalidInput(f"{path} is no list of public keys: {error}.", hint="`mdm audit key` prints one.") from None


def _make(path: Path) -> None:
    """Write a new key, whole or not at all; of several that try at once one wins."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # readable for its owner only
    with os.fdopen(descriptor, "wb") as file:
        file.write(Signer.made().pem())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
