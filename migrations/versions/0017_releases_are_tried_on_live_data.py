"""Releases are tried on live data."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE simulation (
    id uuid NOT NULL,
    domain varchar NOT NULL,
    number integer NOT NULL,
    against integer NOT NULL,
    state varchar NOT NULL,
    requested_by varchar NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    seen_at timestamptz,
    ended_at timestamptz,
    done integer NOT NULL DEFAULT 0,
    total integer,
    outcome varchar,
    figures jsonb,
    samples jsonb,
    PRIMARY KEY (id)
);

CREATE INDEX simulation_of_release ON simulation (domain, number, id);

CREATE INDEX simulation_to_run ON simulation (id) WHERE state IN ('queued', 'running');
"""


def upgrade() -> None:
    """Add what trying a release on live data has shown."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
