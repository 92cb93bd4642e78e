"""Queries on what became of deliveries."""

from collections.abc import Sequence

from sqlmodel import Session

from mdm.store.rows import Row
from mdm.store.sql import run


def read(session: Session, ids: Sequence[int]) -> Sequence[Row]:
    """Return deliveries with the master or the quarantined input they ended in.

    Columns: id, source, message_id, delivered_by, correlation_id, state, received_at, ended_at, domain, source_key,
    master_id, version, quarantine_id, code, message, details.
    """
    return run(session, "ingest/read_outcomes", ids=list(ids))
