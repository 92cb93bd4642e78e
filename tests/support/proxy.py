"""A network between a client and a server that can be cut, fall silent or be slow."""

import asyncio
import threading
from collections.abc import Callable
from typing import Self

CHUNK = 65_536


class Proxy:
    """Forwards TCP connections to a port of the loopback address; use as a context manager."""

    def __init__(self, target: int) -> None:
        """Know the port of the server."""
        self.target = target
        self.port = 0
        self.delay = 0.0  # seconds every piece of data is held back
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._open = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._open.set()
        self.restore()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._run(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """The URL of a nats-server behind it."""
        return f"nats://127.0.0.1:{self.port}"

    def freeze(self) -> None:
        """Forward nothing more, and close nothing: connections are half-open."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def thaw(self) -> None:
        """Go on, with what was held back first."""
        self._loop.call_soon_threadsafe(self._open.set)

    def cut(self) -> None:
        """Break every connection and take no new ones."""
        self._run(self._cut)

    def restore(self) -> None:
        """Take connections again, on the same port."""
        self._run(self._listen)

    def _run(self, action: Callable[[], object]) -> None:
        asyncio.run_coroutine_threadsafe(action(), self._loop).result(10)  # type: ignore[arg-type]

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _end(self) -> None:
        self._open.set()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        for source, sink in ((reader, back), (there, writer)):
            pump = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._open.wait()
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()
            self._writers.discard(sink)
