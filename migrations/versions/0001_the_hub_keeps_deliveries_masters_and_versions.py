"""The hub keeps deliveries, source records, masters, versions and the outbox."""

from alembic import op

from publishers import outbox

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE release (
    domain varchar NOT NULL,
    number integer NOT NULL,
    state varchar NOT NULL,
    hash varchar NOT NULL,
    document jsonb NOT NULL,
    proposed_by varchar NOT NULL,
    proposed_at timestamptz NOT NULL,
    switched_on_at timestamptz,
    PRIMARY KEY (domain, number)
);

CREATE TABLE api_key (
    id uuid NOT NULL,
    prefix varchar NOT NULL,
    hash bytea NOT NULL,
    name varchar NOT NULL,
    roles text[] NOT NULL,
    domains text[] NOT NULL,
    created_by varchar NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_by varchar,
    revoked_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (prefix)
);

CREATE TABLE load (
    id uuid NOT NULL,
    source varchar NOT NULL,
    feed varchar NOT NULL,
    file_name varchar NOT NULL,
    file_digest varchar NOT NULL,
    context jsonb NOT NULL,
    state varchar NOT NULL,
    position bigint NOT NULL,
    rows integer NOT NULL,
    started_by varchar NOT NULL,
    started_at timestamptz NOT NULL,
    accepted_at timestamptz,
    PRIMARY KEY (id),
    CONSTRAINT load_once UNIQUE (source, feed, file_digest)
);

CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY,
    source varchar NOT NULL,
    message_id varchar NOT NULL,
    load_id uuid,
    row_number integer,
    raw bytea NOT NULL,
    digest bytea NOT NULL,
    delivered_by varchar NOT NULL,
    received_at timestamptz NOT NULL,
    correlation_id varchar NOT NULL,
    traceparent varchar,
    state varchar NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    record_id bigint,
    ended_at timestamptz,
    PRIMARY KEY (id),
    CONSTRAINT delivery_once UNIQUE (source, message_id),
    FOREIGN KEY(load_id) REFERENCES load (id)
);

CREATE INDEX delivery_of_load ON delivery (load_id, state) WHERE load_id IS NOT NULL;

CREATE INDEX delivery_pending ON delivery (id) WHERE state = 'pending';

CREATE TABLE quarantine (
    id bigint GENERATED ALWAYS AS IDENTITY,
    delivery_id bigint,
    source varchar NOT NULL,
    message_id varchar NOT NULL,
    domain varchar,
    source_key varchar,
    code varchar NOT NULL,
    message varchar NOT NULL,
    details jsonb NOT NULL,
    fingerprint varchar NOT NULL,
    severity varchar NOT NULL,
    raw bytea,
    created_at timestamptz NOT NULL,
    state varchar NOT NULL,
    decided_by varchar,
    decided_at timestamptz,
    note varchar,
    PRIMARY KEY (id),
    FOREIGN KEY(delivery_id) REFERENCES delivery (id)
);

CREATE INDEX quarantine_open ON quarantine (id) WHERE state = 'open';

CREATE INDEX quarantine_of_delivery ON quarantine (delivery_id);

CREATE TABLE source_record (
    id bigint GENERATED ALWAYS AS IDENTITY,
    domain varchar NOT NULL,
    source varchar NOT NULL,
    source_key varchar NOT NULL,
    revision integer NOT NULL,
    ended_at timestamptz,
    state jsonb NOT NULL,
    comparable jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT source_record_once UNIQUE (domain, source, source_key)
);

CREATE TABLE fact (
    delivery_id bigint NOT NULL,
    record_id bigint NOT NULL,
    version bigint,
    source_time timestamptz,
    received_at timestamptz NOT NULL,
    operation varchar NOT NULL,
    effective_from timestamptz,
    replace boolean NOT NULL,
    master_id varchar,
    attributes jsonb NOT NULL,
    digest varchar NOT NULL,
    PRIMARY KEY (delivery_id),
    FOREIGN KEY(delivery_id) REFERENCES delivery (id),
    FOREIGN KEY(record_id) REFERENCES source_record (id)
);

CREATE INDEX fact_of_record ON fact (record_id);

CREATE UNIQUE INDEX fact_version ON fact (record_id, version) WHERE version IS NOT NULL;

CREATE TABLE match_key (
    key bigint NOT NULL,
    record_id bigint NOT NULL,
    PRIMARY KEY (key, record_id)
);

CREATE INDEX match_key_of_record ON match_key (record_id);

CREATE TABLE hot_key (
    domain varchar NOT NULL,
    name varchar NOT NULL,
    records integer NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (domain, name)
);

CREATE TABLE master (
    id uuid NOT NULL,
    domain varchar NOT NULL,
    status varchar NOT NULL,
    merged_into uuid,
    version integer NOT NULL,
    revision integer NOT NULL,
    created_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    due_at timestamptz,
    search_text varchar NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(merged_into) REFERENCES master (id)
);

CREATE INDEX master_of_domain ON master (domain, id);

CREATE INDEX master_merged_into ON master (merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX master_search ON master USING gin (search_text gin_trgm_ops);

CREATE TABLE crosswalk (
    master_id uuid NOT NULL,
    record_id bigint NOT NULL,
    link_no integer NOT NULL,
    reason varchar NOT NULL,
    from_version integer NOT NULL,
    until_version integer,
    PRIMARY KEY (master_id, record_id, link_no),
    FOREIGN KEY(master_id) REFERENCES master (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(record_id) REFERENCES source_record (id)
);

CREATE UNIQUE INDEX crosswalk_current ON crosswalk (record_id) WHERE until_version IS NULL;

CREATE INDEX crosswalk_members ON crosswalk (master_id) WHERE until_version IS NULL;

CREATE TABLE edge (
    left_id bigint NOT NULL,
    right_id bigint NOT NULL,
    weight real NOT NULL,
    outcome varchar NOT NULL,
    levels smallint[] NOT NULL,
    vetoes text[] NOT NULL,
    release integer NOT NULL,
    scored_at timestamptz NOT NULL,
    PRIMARY KEY (left_id, right_id),
    FOREIGN KEY(left_id) REFERENCES source_record (id),
    FOREIGN KEY(right_id) REFERENCES source_record (id)
);

CREATE INDEX edge_right ON edge (right_id);

CREATE TABLE record_constraint (
    left_id bigint NOT NULL,
    right_id bigint NOT NULL,
    kind varchar NOT NULL,
    evidence jsonb NOT NULL,
    reason varchar NOT NULL,
    decided_by varchar NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (left_id, right_id),
    FOREIGN KEY(left_id) REFERENCES source_record (id),
    FOREIGN KEY(right_id) REFERENCES source_record (id)
);

CREATE INDEX record_constraint_right ON record_constraint (right_id);

CREATE TABLE task (
    id uuid NOT NULL,
    domain varchar NOT NULL,
    kind varchar NOT NULL,
    owner varchar NOT NULL,
    severity varchar NOT NULL,
    master_id uuid NOT NULL,
    other_id uuid,
    evidence jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    outcome varchar,
    PRIMARY KEY (id),
    FOREIGN KEY(master_id) REFERENCES master (id),
    FOREIGN KEY(other_id) REFERENCES master (id)
);

CREATE UNIQUE INDEX task_open ON task (kind, master_id, other_id) NULLS NOT DISTINCT WHERE closed_at IS NULL;

CREATE INDEX task_other ON task (other_id) WHERE closed_at IS NULL;

CREATE TABLE golden_version (
    master_id uuid NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    evaluated_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    event_type varchar NOT NULL,
    cause jsonb NOT NULL,
    release integer NOT NULL,
    status varchar NOT NULL,
    merged_into uuid,
    PRIMARY KEY (master_id, version),
    FOREIGN KEY(master_id) REFERENCES master (id)
);

CREATE TABLE golden_slice (
    id bigint GENERATED ALWAYS AS IDENTITY,
    master_id uuid NOT NULL,
    valid tstzrange NOT NULL,
    from_version integer NOT NULL,
    until_version integer,
    attributes jsonb NOT NULL,
    provenance jsonb NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT golden_slice_no_overlap EXCLUDE USING gist (master_id WITH =, valid WITH &&, int4range(from_version, until_version) WITH &&),
    FOREIGN KEY(master_id) REFERENCES master (id)
);
"""


def upgrade() -> None:
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
    op.execute(outbox.ddl())
