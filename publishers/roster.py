"""The roster of relays: each says every few seconds what it is doing, so that anyone can ask the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row

FOLDER = Path(__file__).parent
ALIVE = 30.0  # seconds a relay may be silent


@dataclass(frozen=True, slots=True)
class Report:
    """What a relay said of itself last; counters begin with its process, `since` with its term of office."""

    holder: str
    state: str
    epoch: int
    since: datetime | None
    in_flight: int
    published: int
    recognised: int
    retried: int
    refused: int
    blocked: int
    last_error: str | None
    last_error_at: datetime | None
    seen_at: datetime


def ddl() -> str:
    """Return the statement that creates the table of relays."""
    return (FOLDER / "sql" / "tables" / "roster.sql").read_text()


def alive(connection: psycopg.Connection[Any]) -> list[Report]:
    """Return the reports of all relays that were heard of in the last seconds, the latest epoch first."""
    with connection.cursor(row_factory=class_row(Report)) as cursor:
        cursor.execute(_statement("read_relays"), {"seconds": ALIVE})
        return cursor.fetchall()


async def report(connection: psycopg.AsyncConnection[Any], said: Mapping[str, Any]) -> None:
    """Say what a relay is doing, in the columns of `Report` but `seen_at`; forget relays long gone."""
    await connection.execute(_statement("report_relay"), said)


async def leave(connection: psycopg.AsyncConnection[Any], *, holder: str) -> None:
    """Take a relay that ends off the roster."""
    await connection.execute("DELETE FROM publishers.relay WHERE holder = %s", (holder,))


@cache
def _statement(name: str) -> str:
    return (FOLDER / "sql" / f"{name}.sql").read_text()
