"""What is due has its reasons, and pinned values end by agreement and are asked about again."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE master ADD COLUMN due_reason varchar;

UPDATE master SET due_reason = 'boundary' WHERE due_at IS NOT NULL;

DROP INDEX master_due;

CREATE INDEX master_due ON master (due_reason, due_at, id) WHERE due_at IS NOT NULL;

ALTER TABLE override ADD COLUMN agreement text[], ADD COLUMN review_at timestamptz;
"""


def upgrade() -> None:
    """Add the reason of what is due, and how pinned values end and are asked about."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
