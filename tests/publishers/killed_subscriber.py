"""A subscriber in a process of its own that kills itself while handling its n-th event: URL FILE N."""

import os
import signal
import sqlite3
import sys

from publishers.subscriber import Event, SqliteStore, Subscriber

SCHEMA = "CREATE TABLE IF NOT EXISTS log (subject TEXT, version INTEGER);"


def main(url: str, path: str, fatal: int) -> None:
    handled = 0

    def save(connection: sqlite3.Connection, event: Event) -> None:
        nonlocal handled
        handled += 1
        connection.execute("INSERT INTO log VALUES (?, ?)", (event.subject, event.version))
        if handled == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    store = SqliteStore(path, schema=SCHEMA)
    Subscriber(
        url, stream="TEST", subjects="test.v1.>", name="down", store=store, handler=save, batch=5, ack_wait=1.0
    ).run_until_signal()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
