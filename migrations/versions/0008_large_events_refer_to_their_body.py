"""Large events refer to their body, relays say what they do, and loads wait while too many events do."""

from alembic import op

from publishers import body, roster

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE load_pause (
    id smallint NOT NULL,
    since timestamptz NOT NULL,
    events integer NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT load_pause_once CHECK (id = 1)
);

CREATE INDEX delivery_pending_single ON delivery (id) WHERE state = 'pending' AND load_id IS NULL;
"""


def upgrade() -> None:
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
    op.execute(body.ddl())
    op.execute(roster.ddl())
