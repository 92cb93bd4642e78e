"""What a source needs to deliver by NATS: a message is its affair until the nearest JetStream has it on disk."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import nats.errors
from nats.js.errors import APIError, NoStreamResponseError

from publishers.errors import Refused, Unavailable
from publishers.jetstream import UNREACHABLE, Link, connect

ROOT = "mdm.deliveries.v1"
MESSAGE_ID = "Mdm-Message-Id"  # not Nats-Msg-Id: NATS takes that to be unique over all sources of a stream
FEED = "Mdm-Feed"
NAME = re.compile(r"[^\s.*>]+")
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0


class Sender:
    """Sends the deliveries of one source; use as an async context manager.

    `url` names the nearest server: the hub's, or the leaf node of the plant, which keeps what the hub cannot get yet.
    """

    def __init__(self, url: str, *, source: str, credentials: Path | None = None, patience: float = 60.0) -> None:
        """`patience` is for how many seconds a message is tried; `credentials` is a file to log in with."""
        self._url = url
        self._source = source
        self._credentials = credentials
        self._patience = patience
        self._link: Link | None = None
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def send(
        self,
        domain: str,
        body: bytes,
        *,
        message_id: str,
        feed: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send one fact and return when it is stored; raises Unavailable after all patience, Refused if it never can.

        The same `message_id` with the same bytes may be sent any number of times: after an error, send it again.
        `feed` names the mapping that reads the bytes, if they are not in the hub's own shape.
        """
        for name in (self._source, domain):
            if not NAME.fullmatch(name):
                raise Refused(f"{name!r} cannot be part of a subject.", hint="Source and domain are one word each.")
        sent = {MESSAGE_ID: message_id, **({FEED: feed} if feed else {}), **(headers or {})}
        end, pause = asyncio.get_running_loop().time() + self._patience, FIRST_PAUSE
        while True:
            try:
                await self._try(f"{ROOT}.{self._source}.{domain}", body, sent)
            except Unavailable:
                if asyncio.get_running_loop().time() + pause > end:
                    raise
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return

    async def _try(self, subject: str, body: bytes, headers: dict[str, str]) -> None:
        link = await self._connected()
        try:
            await link.client.jetstream().publish(subject, body, headers=headers)
        except NoStreamResponseError as error:
            raise Unavailable(
                f"No stream takes {subject}.", hint="The hub makes it when the plant connects."
            ) from error
        except APIError as error:
            raise Unavailable(f"NATS does not store {subject}: {error.description}.") from error
        except (nats.errors.TimeoutError, TimeoutError, *UNREACHABLE) as error:
            raise Unavailable(f"NATS did not say whether it stored {subject}: {error!r}.") from error
        except nats.errors.Error as error:  # too large, or no subject that could be
            raise Refused(f"NATS cannot take {subject}: {error}.") from error

    async def _connected(self) -> Link:
        async with self._opening:
            if self._link is None or self._link.closed.is_set():
                self._link = await connect(self._url, name=f"source-{self._source}", credentials=self._credentials)
            return self._link

    async def _close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.close()
