"""Former links are found by their record, to tell which master a record belonged to then."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = """
CREATE INDEX crosswalk_former ON crosswalk (record_id) WHERE until_version IS NOT NULL;
"""


def upgrade() -> None:
    """Index the links that have ended."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
