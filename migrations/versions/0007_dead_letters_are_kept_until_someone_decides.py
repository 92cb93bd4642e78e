"""Dead letters are kept until someone decides."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY,
    advisory_id varchar NOT NULL,
    advisory bytea NOT NULL,
    kind varchar NOT NULL,
    at timestamptz NOT NULL,
    stream varchar,
    stream_sequence bigint,
    subscriber varchar,
    deliveries bigint,
    reason varchar NOT NULL,
    fingerprint varchar NOT NULL,
    found_in varchar,
    subject varchar,
    domain varchar,
    master_id uuid,
    event_id uuid,
    event_type varchar,
    version bigint,
    headers jsonb,
    data bytea,
    created_at timestamptz NOT NULL,
    state varchar NOT NULL,
    replay_id uuid,
    decided_by varchar,
    decided_at timestamptz,
    note varchar,
    PRIMARY KEY (id),
    CONSTRAINT dead_letter_once UNIQUE (advisory_id)
);

CREATE INDEX dead_letter_open ON dead_letter (id) WHERE state = 'open';

CREATE INDEX dead_letter_of_subject ON dead_letter (subscriber, subject, id);

CREATE INDEX dead_letter_group ON dead_letter (fingerprint, id);

CREATE TABLE dead_letter_position (
    stream varchar NOT NULL,
    consumer varchar NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (stream)
);
"""


def upgrade() -> None:
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
