"""Releases are tried on live data."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    """Bring the tables up to this revision."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
