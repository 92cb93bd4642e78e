"""Replays are asked for, approved and counted."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE replay (
    id uuid NOT NULL,
    subscriber varchar,
    selection jsonb NOT NULL,
    domains varchar[] NOT NULL,
    events varchar NOT NULL,
    reason varchar NOT NULL,
    state varchar NOT NULL,
    authors varchar[] NOT NULL,
    requested_by varchar NOT NULL,
    requested_at timestamptz NOT NULL,
    approved_by varchar,
    approved_at timestamptz,
    masters integer NOT NULL,
    copied bigint NOT NULL,
    missing bigint NOT NULL,
    remaining bigint,
    position varchar NOT NULL,
    first_sequence bigint,
    last_sequence bigint,
    taken_until timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    outcome varchar,
    PRIMARY KEY (id)
);

CREATE INDEX replay_to_run ON replay (id) WHERE state IN ('queued', 'running');

CREATE TABLE replay_master (
    replay_id uuid NOT NULL,
    master_id uuid NOT NULL,
    PRIMARY KEY (replay_id, master_id),
    FOREIGN KEY(replay_id) REFERENCES replay (id)
);
"""


def upgrade() -> None:
    """Create the tables."""
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
