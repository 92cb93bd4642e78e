"""What was held and pinned is known afterwards."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = """
"""


def upgrade() -> None:
    """Bring the tables up to this revision."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
