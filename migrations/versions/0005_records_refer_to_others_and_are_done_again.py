"""Records refer to others, and are processed again when their day or their reference comes."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE record_reference (
    record_id bigint NOT NULL,
    attribute varchar NOT NULL,
    source varchar NOT NULL,
    key varchar NOT NULL,
    domain varchar NOT NULL,
    master_id uuid,
    PRIMARY KEY (record_id, attribute, source, key),
    FOREIGN KEY(record_id) REFERENCES source_record (id)
);

CREATE INDEX record_reference_target ON record_reference (domain, source, key);

CREATE INDEX record_reference_master ON record_reference (master_id) WHERE source = 'hub';

CREATE TABLE redo (
    record_id bigint NOT NULL,
    reason varchar NOT NULL,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (record_id),
    FOREIGN KEY(record_id) REFERENCES source_record (id)
);

CREATE INDEX redo_due ON redo (due_at);

CREATE TABLE reference_move (
    id bigint GENERATED ALWAYS AS IDENTITY,
    domain varchar NOT NULL,
    records bigint[] NOT NULL,
    masters uuid[] NOT NULL,
    moved_at timestamptz NOT NULL,
    seen_at timestamptz,
    PRIMARY KEY (id)
);

CREATE TABLE golden_reference (
    id bigint GENERATED ALWAYS AS IDENTITY,
    master_id uuid NOT NULL,
    attribute varchar NOT NULL,
    target_id uuid NOT NULL,
    upward boolean NOT NULL,
    valid tstzrange NOT NULL,
    known tstzrange NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX golden_reference_target ON golden_reference (target_id, id);

CREATE INDEX golden_reference_of_master ON golden_reference (master_id);

CREATE INDEX hold_of_cycles ON hold (master_id) WHERE state = 'cycle';
"""


def upgrade() -> None:
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
