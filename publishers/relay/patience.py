"""How long a relay waits for its database before it takes the connection to be dead."""

import asyncio
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from publishers.relay.pace import Pace


@contextmanager
def patient(pace: Pace, *connections: psycopg.AsyncConnection[Any]) -> Iterator[None]:
    """Cut all connections if the block's statement takes so long, which ends it with OperationalError.

    A half-open connection would never answer, and cancelling a statement waits for an answer as well.
    """
    timer = asyncio.get_running_loop().call_later(pace.patience, _cut, connections)
    try:
        yield
    finally:
        timer.cancel()


def _cut(connections: Sequence[psycopg.AsyncConnection[Any]]) -> None:
    for connection in connections:
        with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as twin:
            twin.shutdown(socket.SHUT_RDWR)
