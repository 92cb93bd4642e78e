"""Large events: the message refers to its body, which is fetched from the publisher over HTTP."""

import copy
import http.client
import urllib.error
import urllib.request
from typing import IO
from urllib.parse import urljoin, urlsplit

from publishers.errors import BodyDamaged, BodyGone, Unavailable
from publishers.event import Event, digest

GONE = {404, 410}
MOST_BYTES = 256 * 1024 * 1024


class Bodies:
    """Fetches the bodies that events refer to, with a bearer token, from one place only."""

    def __init__(self, base_url: str, *, token: str | None = None, timeout: float = 30.0) -> None:
        """References are relative to `base_url`; the token is sent to no other host."""
        if urlsplit(base_url).scheme not in {"http", "https"}:
            raise ValueError(f"{base_url!r} is not an http or https URL.")
        self._base_url = base_url
        self._token = token
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_NoRedirects)

    def complete(self, event: Event) -> Event:
        """Return the event with the whole body as its data.

        Raises Unavailable when trying again may help, BodyGone when a newer version has replaced it, and BodyDamaged
        when it is not the body the event was published with.
        """
        url = urljoin(self._base_url, event.dataref or "")
        if urlsplit(url)[:2] != urlsplit(self._base_url)[:2]:
            raise BodyDamaged(f"{event.subject} version {event.version} refers to {url}, not below {self._base_url}.")
        body = self._get(url)
        if digest(body) != event.full_digest:
            raise BodyDamaged(f"The body of {event.subject} version {event.version} has another digest than published.")
        return _with_body(event, body)

    def _get(self, url: str) -> bytes:
        authorization = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        request = urllib.request.Request(url, headers=authorization)  # noqa: S310 (its scheme was checked)
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return _read(answer, url)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in GONE:
                raise BodyGone(f"{url} is no longer there ({error.code}).") from error
            raise Unavailable(f"{url} answers {error.code} {error.reason}.") from error
        except (OSError, http.client.HTTPException) as error:  # URLError is an OSError
            raise Unavailable(f"{url} cannot be reached: {error}.") from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: another host must not see the token."""
        return


def _read(answer: IO[bytes], url: str) -> bytes:
    body = answer.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise BodyDamaged(f"{url} has more than {MOST_BYTES:,} bytes.")
    return body


def _with_body(event: Event, body: bytes) -> Event:
    """Exchange the data; it did not pass through the broker, so the broker's limit does not hold for it."""
    complete = copy.copy(event)
    object.__setattr__(complete, "data", body)
    return complete
