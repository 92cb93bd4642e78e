"""What people do is logged in a chain of sealed entries."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE action_log (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor varchar NOT NULL,
    action varchar NOT NULL,
    domain varchar,
    subject varchar NOT NULL,
    reason varchar,
    before_digest varchar,
    after_digest varchar,
    correlation_id varchar NOT NULL,
    details json NOT NULL,
    hash varchar NOT NULL,
    position bigint,
    link varchar,
    PRIMARY KEY (id),
    UNIQUE (position)
);

CREATE INDEX action_log_unsealed ON action_log (id) WHERE position IS NULL;

CREATE INDEX action_log_of_actor ON action_log (actor, id);

CREATE INDEX action_log_of_subject ON action_log (subject, id);

CREATE TABLE action_seal (
    number integer NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    previous varchar NOT NULL,
    link varchar NOT NULL,
    hash varchar NOT NULL,
    public_key varchar NOT NULL,
    signature varchar NOT NULL,
    PRIMARY KEY (number)
);
"""


def upgrade() -> None:
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
