"""Redo knows how deep to go."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    """Bring the tables up to this revision."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
