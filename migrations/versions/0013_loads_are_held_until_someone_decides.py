"""Loads are held until someone decides, and so is what a source sends singly."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE load ADD COLUMN domains varchar[] NOT NULL DEFAULT '{}';
ALTER TABLE load ADD COLUMN comparison jsonb;
ALTER TABLE load ADD COLUMN tries smallint NOT NULL DEFAULT 0;
ALTER TABLE load ADD COLUMN decided_by varchar;
ALTER TABLE load ADD COLUMN decided_at timestamptz;
ALTER TABLE load ADD COLUMN note varchar;

CREATE INDEX load_to_compare ON load (id) WHERE state = 'comparing';
CREATE INDEX load_held ON load (id) WHERE state = 'held';

CREATE TABLE source_hold (
    id uuid NOT NULL,
    source varchar NOT NULL,
    domain varchar NOT NULL,
    state varchar NOT NULL,
    reasons jsonb NOT NULL,
    senders varchar[] NOT NULL DEFAULT '{}',
    since timestamptz NOT NULL,
    decided_by varchar,
    decided_at timestamptz,
    note varchar,
    PRIMARY KEY (id)
);

CREATE UNIQUE INDEX source_hold_standing ON source_hold (source, domain) WHERE state = 'held';

CREATE TABLE source_window (
    source varchar NOT NULL,
    domain varchar NOT NULL,
    minute timestamptz NOT NULL,
    slot smallint NOT NULL,
    records integer NOT NULL,
    changed integer NOT NULL,
    deleted integer NOT NULL,
    blanked integer NOT NULL,
    senders varchar[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (source, domain, minute, slot)
);

ALTER TABLE delivery ADD COLUMN hold_id uuid REFERENCES source_hold (id);

CREATE INDEX delivery_of_hold ON delivery (hold_id, state) WHERE hold_id IS NOT NULL;

DROP INDEX delivery_pending;
DROP INDEX delivery_pending_single;
CREATE INDEX delivery_pending ON delivery (load_id, id) WHERE state = 'pending';
"""


def upgrade() -> None:
    """Add what is known of compared loads, and the holds of sources; find what is pending by its load."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
