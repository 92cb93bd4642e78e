"""Which system user runs PostgreSQL: it refuses root, so root lends it the identity of `nobody`."""

import ctypes
import os
import pwd
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

USER = "nobody"

_LIBC = ctypes.CDLL(None, use_errno=True)
_KEEP_CAPABILITIES = 8  # prctl(2)
_AMBIENT, _RAISE = 47, 2  # prctl(2)
_DAC_OVERRIDE = 1  # capabilities(7): enter folders and read files whatever their mode
_CAPABILITY_VERSION = 0x20080522  # capset(2), two words of 32 capabilities


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


@dataclass(frozen=True, slots=True)
class Identity:
    """A user a child process becomes; `enters_anything` when folders on its way are closed to that user."""

    uid: int
    gid: int
    enters_anything: bool

    def own(self, path: Path) -> None:
        """Give the path to this user."""
        os.chown(path, self.uid, self.gid)

    def take(self) -> None:
        """Become this user; runs in the child, between fork and exec. Raises OSError if the system forbids it."""
        if self.enters_anything:
            _prctl(_KEEP_CAPABILITIES, 1)
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        if self.enters_anything:
            _keep_capability(_DAC_OVERRIDE)


def needed(paths: Iterable[Path]) -> Identity | None:
    """Return the identity PostgreSQL needs to reach these paths, None if the current user will do."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(USER)
    return Identity(entry.pw_uid, entry.pw_gid, enters_anything=first_closed(paths) is not None)


def first_closed(paths: Iterable[Path]) -> Path | None:
    """Return the first file or folder on the way to `paths` that is closed to other users."""
    for path in paths:
        for step in (*reversed(path.resolve().parents), path.resolve()):
            mode = step.stat().st_mode
            if not mode & (stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH):
                return step
    return None


def _prctl(option: int, *arguments: int) -> None:
    rest = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if _LIBC.prctl(option, *rest) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _keep_capability(capability: int) -> None:
    word = 1 << capability
    sets = (ctypes.c_uint32 * 6)(word, word, word, 0, 0, 0)  # effective, permitted, inheritable; low word, high word
    if _LIBC.capset(ctypes.byref(_Header(_CAPABILITY_VERSION, 0)), sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(_AMBIENT, _RAISE, capability)
