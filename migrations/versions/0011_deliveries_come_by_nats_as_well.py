"""Deliveries come by NATS as well: which mapping reads one, and what waits in the queues they come from."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE delivery ADD COLUMN feed varchar;

CREATE INDEX quarantine_of_message ON quarantine (source, message_id);

CREATE TABLE delivery_queue (
    name varchar NOT NULL,
    waiting bigint NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (name)
);
"""


def upgrade() -> None:
    """Add the feed of a delivery, and what was last seen of every queue."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
