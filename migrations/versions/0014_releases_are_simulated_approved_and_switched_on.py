"""Releases are simulated approved and switched on."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    """Bring the tables up to this revision."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
