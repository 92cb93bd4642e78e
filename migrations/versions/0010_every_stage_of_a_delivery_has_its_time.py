"""Every stage of a delivery has its time."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE delivery ADD COLUMN tracestate varchar;
CREATE INDEX delivery_of_correlation ON delivery (correlation_id);

ALTER TABLE change_request ADD COLUMN deliveries bigint[] NOT NULL DEFAULT '{}', ADD COLUMN traceparent varchar,
    ADD COLUMN tracestate varchar;
CREATE INDEX change_request_of_correlation ON change_request (correlation_id);

ALTER TABLE redo ADD COLUMN origin jsonb;
ALTER TABLE reference_move ADD COLUMN origins jsonb;

ALTER TABLE task ADD COLUMN correlation_id varchar;
CREATE INDEX task_of_correlation ON task (correlation_id);

CREATE INDEX golden_version_of_event ON golden_version (event_id);
CREATE INDEX golden_version_of_correlation ON golden_version ((cause ->> 'correlation_id'));

CREATE INDEX action_log_of_correlation ON action_log (correlation_id);

CREATE TABLE propagation (
    master_id uuid NOT NULL,
    version integer NOT NULL,
    domain varchar NOT NULL,
    source varchar,
    source_time timestamptz,
    accepted_at timestamptz,
    resolved_at timestamptz,
    approved_at timestamptz,
    announced_at timestamptz NOT NULL,
    published_at timestamptz NOT NULL,
    stream_sequence bigint NOT NULL,
    PRIMARY KEY (master_id, version)
);

CREATE INDEX propagation_published ON propagation USING brin (published_at);

CREATE TABLE propagation_count (
    domain varchar NOT NULL,
    stage varchar NOT NULL,
    bound double precision NOT NULL,
    events bigint NOT NULL,
    seconds double precision NOT NULL,
    skewed bigint NOT NULL,
    PRIMARY KEY (domain, stage, bound)
);

CREATE TABLE propagation_mark (
    measured_until timestamptz NOT NULL,
    PRIMARY KEY (measured_until)
);

INSERT INTO propagation_mark VALUES ('epoch');

DROP INDEX publishers.outbox_published;
CREATE INDEX outbox_published ON publishers.outbox (published_at) WHERE published_at IS NOT NULL;
"""


def upgrade() -> None:
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
