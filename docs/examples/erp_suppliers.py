"""An ERP's view of golden suppliers in SQLite: one row per supplier, and the ERP's own vendor numbers on top.

python docs/examples/erp_suppliers.py follow --file erp.db
python docs/examples/erp_suppliers.py show --file erp.db
"""

import argparse
import json
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

from publishers.subscriber import Bodies, Event, ReplaySource, SqliteCrosswalk, SqliteStore, Subscriber

TABLES = (
    SqliteCrosswalk.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS supplier (
    master TEXT PRIMARY KEY, version INTEGER NOT NULL, status TEXT NOT NULL,
    name TEXT, street TEXT, postal_code TEXT, city TEXT, country TEXT, vat_id TEXT
);
CREATE VIEW IF NOT EXISTS vendor AS
SELECT link.key AS vendor_no, supplier.* FROM publishers_link AS link JOIN supplier USING (master)
WHERE link.linked AND link.source = 'erp';
"""
)
UPSERT = "INSERT OR REPLACE INTO supplier VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def save(connection: sqlite3.Connection, event: Event) -> None:
    """Take over the whole state of one supplier; the version rule has been applied already."""
    body = event.json()
    SqliteCrosswalk(connection).fold(event)
    connection.execute("DELETE FROM supplier WHERE master = ?", (body["master"],))
    if body["identity"]["status"] == "merged":
        return  # its vendor numbers come with the event of the supplier that lives on
    values = in_force(body)
    address = values.get("address") or {}
    place = (address.get("street"), address.get("postal_code"), address.get("city"))
    row = (values.get("name"), *place, values.get("country"), values.get("vat_id"))
    connection.execute(UPSERT, (body["master"], event.version, body["identity"]["status"], *row))


def in_force(body: dict[str, Any]) -> dict[str, Any]:
    """Return the values that hold when the event is recorded; those of a later day are announced on that day."""
    begun = [s for s in body["slices"] if s["valid_from"] is None or s["valid_from"] <= body["recorded_at"]]
    return begun[-1]["attributes"] if begun else {}


def follow(given: argparse.Namespace) -> None:
    """Follow the stream until told to stop."""
    with SqliteStore(given.file, schema=TABLES) as store:
        Subscriber(
            given.nats,
            stream=given.stream,
            subjects=given.subjects,
            name=given.name,
            store=store,
            handler=save,
            replays=ReplaySource() if given.replays else None,
            bodies=Bodies(given.bodies, token=os.environ.get("MDM_TOKEN")) if given.bodies else None,
            ack_wait=given.ack_wait,
            health_file=given.health_file,
        ).run_until_signal()


def show(given: argparse.Namespace) -> None:
    """Print everything as JSON."""
    with SqliteStore(given.file, schema=TABLES) as store, store.transaction() as transaction:
        connection = transaction.connection
        connection.row_factory = sqlite3.Row
        suppliers = [dict(row) for row in connection.execute("SELECT * FROM supplier")]
        connection.row_factory = None
        records = {f"{r.source}/{r.key}": master for r, master in SqliteCrosswalk(connection).records().items()}
    masters = {row["master"]: {"version": row.pop("version"), "attributes": row} for row in suppliers}
    sys.stdout.write(json.dumps({"masters": masters, "records": records}, indent=1) + "\n")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["follow", "show"])
    parser.add_argument("--file", default="erp.db")
    parser.add_argument("--nats", default="nats://127.0.0.1:4222")
    parser.add_argument("--stream", default="MDM_GOLDEN")
    parser.add_argument("--subjects", default="mdm.golden.v1.supplier.>")
    parser.add_argument("--name", default="erp-suppliers")
    parser.add_argument("--bodies", help="URL of the hub's API, from which large events are fetched; token: MDM_TOKEN")
    parser.add_argument("--replays", action="store_true", help="follow the stream of replays too")
    parser.add_argument("--ack-wait", type=float, default=30.0)
    parser.add_argument("--health-file", type=Path)
    given = parser.parse_args()
    {"follow": follow, "show": show}[given.what](given)


if __name__ == "__main__":
    main()
