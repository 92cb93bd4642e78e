"""Who sent too much is known: they do not decide about what is held for it."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who sent what single messages did, beside their counts and the holds of their sources."""
    for table in ("source_window", "source_hold"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN senders varchar[] NOT NULL DEFAULT '{{}}'")
