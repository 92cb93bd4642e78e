"""Releases are approved, switched on and carried through within limits."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE release
    ADD COLUMN switched_on_by varchar,
    ADD COLUMN authors varchar[] NOT NULL DEFAULT '{}',
    ADD COLUMN reason varchar,
    ADD COLUMN follows integer,
    ADD COLUMN rolls_back integer,
    ADD COLUMN origin jsonb,
    ADD COLUMN scheduled_at timestamptz,
    ADD COLUMN scheduled_by varchar,
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN ended_by varchar,
    ADD COLUMN note varchar,
    ADD COLUMN expected jsonb,
    ADD COLUMN halted_at timestamptz,
    ADD COLUMN halted_why varchar;

UPDATE release SET authors = ARRAY[proposed_by];

CREATE UNIQUE INDEX release_in_force ON release (domain) WHERE state = 'active';

CREATE INDEX release_scheduled ON release (scheduled_at) WHERE scheduled_at IS NOT NULL;

CREATE TABLE release_approval (
    domain varchar NOT NULL,
    number integer NOT NULL,
    owner varchar NOT NULL,
    decided_by varchar NOT NULL,
    decided_at timestamptz NOT NULL,
    digest varchar NOT NULL,
    note varchar,
    PRIMARY KEY (domain, number, owner, decided_by),
    FOREIGN KEY (domain, number) REFERENCES release (domain, number)
);

CREATE TABLE release_rollout (
    domain varchar NOT NULL,
    number integer NOT NULL,
    slot integer NOT NULL,
    masters bigint NOT NULL,
    changed bigint NOT NULL,
    critical bigint NOT NULL,
    merged bigint NOT NULL,
    split bigint NOT NULL,
    held bigint NOT NULL,
    PRIMARY KEY (domain, number, slot),
    FOREIGN KEY (domain, number) REFERENCES release (domain, number)
);
"""


def upgrade() -> None:
    """Add what a release goes through: approvals, when it is switched on, and what it does."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
