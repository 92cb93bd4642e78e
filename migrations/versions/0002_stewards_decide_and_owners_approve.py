"""Stewards decide: tasks, overrides, holds and change requests."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE master ADD COLUMN evaluated_at timestamptz;
UPDATE master m SET evaluated_at = v.evaluated_at FROM golden_version v WHERE v.master_id = m.id AND v.version = m.version;
ALTER TABLE master ALTER COLUMN evaluated_at SET NOT NULL;
ALTER TABLE master ADD COLUMN retired_at timestamptz;
ALTER TABLE golden_version ADD COLUMN approval jsonb;
ALTER TABLE load ADD COLUMN initial boolean NOT NULL DEFAULT false;
ALTER TABLE record_constraint ADD COLUMN changed jsonb;

CREATE INDEX master_due ON master (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE change_request (
    id uuid NOT NULL,
    domain varchar NOT NULL,
    master_id uuid NOT NULL,
    kind varchar NOT NULL,
    state varchar NOT NULL,
    authors text[] NOT NULL,
    reason varchar,
    changes jsonb NOT NULL,
    digest varchar NOT NULL,
    release integer NOT NULL,
    correlation_id varchar NOT NULL,
    created_at timestamptz NOT NULL,
    renewed_at timestamptz NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(master_id) REFERENCES master (id)
);

CREATE INDEX change_request_of_master ON change_request (master_id, state);

CREATE INDEX change_request_open ON change_request (domain, id) WHERE state = 'open';

CREATE TABLE change_decision (
    request_id uuid NOT NULL,
    owner varchar NOT NULL,
    state varchar NOT NULL,
    decided_by varchar,
    decided_at timestamptz,
    effective varchar,
    note varchar,
    digest varchar,
    PRIMARY KEY (request_id, owner),
    FOREIGN KEY(request_id) REFERENCES change_request (id)
);

CREATE TABLE hold (
    id bigint GENERATED ALWAYS AS IDENTITY,
    master_id uuid NOT NULL,
    attribute varchar NOT NULL,
    std jsonb,
    approved jsonb,
    record jsonb,
    valid tstzrange NOT NULL,
    state varchar NOT NULL,
    request_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(master_id) REFERENCES master (id),
    FOREIGN KEY(request_id) REFERENCES change_request (id)
);

CREATE INDEX hold_of_master ON hold (master_id);

CREATE INDEX hold_of_request ON hold (request_id);

CREATE TABLE override (
    id uuid NOT NULL,
    master_id uuid NOT NULL,
    attribute varchar NOT NULL,
    value jsonb,
    std jsonb,
    valid tstzrange NOT NULL,
    made_at timestamptz NOT NULL,
    made_by varchar NOT NULL,
    reason varchar NOT NULL,
    expires_at timestamptz,
    request_id uuid,
    ended_at timestamptz,
    ended_by varchar,
    PRIMARY KEY (id),
    FOREIGN KEY(master_id) REFERENCES master (id),
    FOREIGN KEY(request_id) REFERENCES change_request (id)
);

CREATE INDEX override_of_master ON override (master_id) WHERE ended_at IS NULL;

ALTER TABLE task ADD COLUMN topic varchar NOT NULL DEFAULT '', ADD COLUMN consequence real, ADD COLUMN reason varchar,
    ADD COLUMN what_changed jsonb, ADD COLUMN due_at timestamptz, ADD COLUMN assignee varchar,
    ADD COLUMN leased_by varchar, ADD COLUMN leased_until timestamptz, ADD COLUMN deferred_until timestamptz,
    ADD COLUMN skipped_by text[] NOT NULL DEFAULT '{}', ADD COLUMN closed_by varchar,
    ADD COLUMN reason_code varchar, ADD COLUMN note varchar;
UPDATE task SET consequence = 0, reason = kind;
ALTER TABLE task ALTER COLUMN consequence SET NOT NULL, ALTER COLUMN reason SET NOT NULL;
DROP INDEX task_open;
CREATE UNIQUE INDEX task_open ON task (kind, master_id, other_id, topic, owner) NULLS NOT DISTINCT
    WHERE closed_at IS NULL;
DROP INDEX task_other;
CREATE INDEX task_master ON task (master_id);
CREATE INDEX task_other ON task (other_id);
CREATE INDEX task_of_request ON task (topic varchar_pattern_ops) WHERE closed_at IS NULL AND kind = 'approval';
CREATE INDEX task_inbox ON task (consequence DESC, id) WHERE closed_at IS NULL;
CREATE INDEX task_of_owner ON task (owner, consequence DESC, id) WHERE closed_at IS NULL;
CREATE INDEX task_of_assignee ON task (assignee) WHERE closed_at IS NULL AND assignee IS NOT NULL;
CREATE INDEX task_leased ON task (leased_until) WHERE closed_at IS NULL AND leased_until IS NOT NULL;
CREATE INDEX task_counted ON task (domain, kind, severity, due_at, deferred_until) WHERE closed_at IS NULL;
CREATE INDEX task_closed ON task (closed_at DESC, id DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX task_reason ON task USING gin (reason gin_trgm_ops);
"""


def upgrade() -> None:
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
