"""Values are judged by rules of quality."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    """Bring the tables up to this revision."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
