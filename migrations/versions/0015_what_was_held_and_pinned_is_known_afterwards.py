"""What was held and pinned is known afterwards."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE hold ADD COLUMN since timestamptz, ADD COLUMN ended_at timestamptz, ADD COLUMN former_of bigint;
UPDATE hold SET since = created_at;
ALTER TABLE hold ALTER COLUMN since SET NOT NULL;
DROP INDEX hold_of_cycles;
CREATE INDEX hold_of_cycles ON hold (master_id) WHERE state = 'cycle' AND ended_at IS NULL;

ALTER TABLE override ADD COLUMN since timestamptz;
UPDATE override SET since = made_at;
ALTER TABLE override ALTER COLUMN since SET NOT NULL;
CREATE INDEX override_ever_of_master ON override (master_id);
CREATE INDEX golden_version_of_merge ON golden_version (merged_into) WHERE merged_into IS NOT NULL;
"""


def upgrade() -> None:
    """Keep holds that have ended, and the shapes they had before; find every override and merge there ever was."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
