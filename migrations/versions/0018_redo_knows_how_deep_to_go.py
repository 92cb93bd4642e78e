"""Records are done again for several reasons at once, and as deep as the deepest of them asks."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE redo ADD COLUMN reasons text[];

UPDATE redo SET reasons = ARRAY[reason];

ALTER TABLE redo ALTER COLUMN reasons SET NOT NULL;

ALTER TABLE redo DROP COLUMN reason;

ALTER TABLE redo ADD COLUMN depth smallint NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    """Let a record that is to be done again have several reasons and a depth."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
