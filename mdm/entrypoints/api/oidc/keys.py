"""The provider's signing keys, kept: renewed in the background, and asked for anew when a key is unknown."""

import threading
import time
from collections.abc import Callable, Sequence

import structlog
from jwt import PyJWK

from mdm.errors import Unavailable

log = structlog.get_logger(__name__)

Fetch = Callable[[], dict[str | None, list[PyJWK]]]


class SigningKeys:
    """Keys by id: stale ones still serve while they are renewed, and while the provider is down."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        lasts: float,
        pause: float,
        patience: float = 2.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Renew keys after `lasts` seconds, ask every `pause` at most, and wait `patience` while another one asks."""
        self._fetch, self._lasts, self._pause, self._patience, self._now = fetch, lasts, pause, patience, now
        self._keys: dict[str | None, list[PyJWK]] = {}
        self._renewed_at = self._asked_at = float("-inf")
        self._asking = threading.Lock()

    def find(self, key_id: str | None) -> Sequence[PyJWK]:
        """Return the keys of this id (None: of any); raises Unavailable if no key was ever had from the provider."""
        if self._now() - self._renewed_at >= self._lasts and self._keys:
            self.renew_in_background()
        if not self._known(key_id):
            self._renew(wait=self._patience)
        if not self._keys:
            raise Unavailable("The identity provider's keys are not known yet.", hint="API keys work meanwhile.")
        return self._known(key_id)

    def renew_in_background(self) -> None:
        """Start to ask the provider, unless that was done a moment ago."""
        if self._now() - self._asked_at >= self._pause:
            threading.Thread(target=self._renew, name="signing-keys", daemon=True).start()

    def _known(self, key_id: str | None) -> Sequence[PyJWK]:
        keys = self._keys
        return keys.get(key_id, ()) if key_id is not None else [key for several in keys.values() for key in several]

    def _renew(self, *, wait: float = 0.0) -> None:
        """Ask the provider; one at a time, and after a failure or a key that is unknown not at once again."""
        if not self._asking.acquire(timeout=wait):
            return
        try:
            if self._now() - self._asked_at < self._pause:
                return
            self._asked_at = self._now()
            self._keys = self._fetch()
            self._renewed_at = self._now()
        except Unavailable as error:
            log.warning("signing_keys_unavailable", reason=error.message)
        finally:
            self._asking.release()
