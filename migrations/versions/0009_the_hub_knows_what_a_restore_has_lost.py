"""The hub knows what a restore has lost."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE restoration (
    id bigint GENERATED ALWAYS AS IDENTITY,
    master_id uuid NOT NULL,
    lost_from integer,
    lost_until integer,
    found_at timestamptz NOT NULL,
    announced_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(master_id) REFERENCES master (id)
);

CREATE UNIQUE INDEX restoration_to_announce ON restoration (master_id) WHERE announced_at IS NULL;

CREATE INDEX restoration_of_master ON restoration (master_id);

CREATE TABLE withdrawn_link (
    master_id uuid NOT NULL,
    source varchar NOT NULL,
    source_key varchar NOT NULL,
    domain varchar NOT NULL,
    link_no integer NOT NULL,
    PRIMARY KEY (master_id, source, source_key),
    FOREIGN KEY(master_id) REFERENCES master (id)
);

CREATE INDEX withdrawn_link_of_record ON withdrawn_link (domain, source, source_key);
"""


def upgrade() -> None:
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
