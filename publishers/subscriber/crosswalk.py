"""Which master a source record belongs to, folded from golden events of many masters in any interleaving."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from publishers.event import Event


class Record(NamedTuple):
    """A source record: its domain, source, and key in the source."""

    domain: str
    source: str
    key: str


@dataclass(frozen=True, slots=True)
class Link:
    """The latest link of a record that was heard of, or the end of one."""

    number: int
    master: str
    linked: bool


class Crosswalk:
    """The crosswalk in memory.

    Of two links of a record the one with the higher number is the later, whichever master's event came first. Each
    master's events must come in order of version, as a subscriber brings them; the same one may come again.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._links: dict[Record, Link] = {}
        self._merged_into: dict[str, str] = {}

    def fold(self, event: Event) -> None:
        """Take over what an event says of its master's records, and whether the master was merged."""
        body = event.json()
        master = body["master"]
        for record, link in _links(body):
            known = self._links.get(record)
            if known is None or known.number <= link.number:
                self._links[record] = link
        if survivor := body["identity"]["merged_into"]:
            self._merged_into[master] = survivor
        else:
            self._merged_into.pop(master, None)

    def master_of(self, record: Record) -> str | None:
        """Return the master of a record, None for one that no master has."""
        link = self._links.get(record)
        return link.master if link is not None and link.linked else None

    def survivor(self, master: str) -> str:
        """Return the master that lives on in place of a merged one, itself for one that is not merged."""
        seen = {master}
        while (following := self._merged_into.get(master)) is not None and following not in seen:
            seen.add(master := following)
        return master

    def records(self) -> dict[Record, str]:
        """Return the master of every record."""
        return {record: link.master for record, link in self._links.items() if link.linked}


class SqliteCrosswalk:
    """The crosswalk in the tables of `SCHEMA`, in the transaction of the handler's connection."""

    SCHEMA = """
    CREATE TABLE IF NOT EXISTS publishers_link (
        domain TEXT, source TEXT, key TEXT, number INTEGER NOT NULL, master TEXT NOT NULL, linked INTEGER NOT NULL,
        PRIMARY KEY (domain, source, key)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS publishers_link_master ON publishers_link (master) WHERE linked;
    CREATE TABLE IF NOT EXISTS publishers_merged (master TEXT PRIMARY KEY, merged_into TEXT NOT NULL) WITHOUT ROWID;
    """
    _FOLD = """
    INSERT INTO publishers_link VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (domain, source, key) DO UPDATE
    SET number = excluded.number, master = excluded.master, linked = excluded.linked
    WHERE excluded.number >= number
    """
    _SURVIVOR = """
    WITH RECURSIVE way (master) AS (
        VALUES (?) UNION SELECT merged_into FROM publishers_merged JOIN way USING (master)
    )
    SELECT master FROM way WHERE master NOT IN (SELECT master FROM publishers_merged)
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on a connection, inside whatever transaction is open on it."""
        self._connection = connection

    def fold(self, event: Event) -> None:
        """Take over what an event says of its master's records, and whether the master was merged."""
        body = event.json()
        rows = [(*record, link.number, link.master, link.linked) for record, link in _links(body)]
        self._connection.executemany(self._FOLD, rows)
        if survivor := body["identity"]["merged_into"]:
            self._connection.execute(
                "INSERT OR REPLACE INTO publishers_merged VALUES (?, ?)", (body["master"], survivor)
            )
        else:
            self._connection.execute("DELETE FROM publishers_merged WHERE master = ?", (body["master"],))

    def master_of(self, record: Record) -> str | None:
        """Return the master of a record, None for one that no master has."""
        row = self._connection.execute(
            "SELECT master FROM publishers_link WHERE (domain, source, key) = (?, ?, ?) AND linked", record
        ).fetchone()
        return row[0] if row else None

    def survivor(self, master: str) -> str:
        """Return the master that lives on in place of a merged one, itself for one that is not merged."""
        row = self._connection.execute(self._SURVIVOR, (master,)).fetchone()
        return row[0] if row else master

    def records(self) -> dict[Record, str]:
        """Return the master of every record."""
        rows = self._connection.execute("SELECT domain, source, key, master FROM publishers_link WHERE linked")
        return {Record(*record): master for *record, master in rows}


def _links(body: Mapping[str, Any]) -> list[tuple[Record, Link]]:
    return [
        (Record(body["domain"], link["source"], link["key"]), Link(link["link_no"], body["master"], link["linked"]))
        for link in body["crosswalk"]
    ]
