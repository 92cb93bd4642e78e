"""Values are judged by rules of quality."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE finding (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    record_id bigint NOT NULL REFERENCES source_record (id),
    domain varchar NOT NULL,
    rule varchar NOT NULL,
    attributes text[] NOT NULL,
    dimension varchar NOT NULL,
    severity varchar NOT NULL,
    owner varchar NOT NULL,
    effect varchar NOT NULL,
    state varchar NOT NULL,
    key varchar NOT NULL,
    evidence jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    since timestamptz NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT finding_once UNIQUE (record_id, rule, attributes, valid_from)
);

CREATE INDEX finding_of_rule ON finding (domain, rule, id);

CREATE INDEX finding_counted ON finding (domain, severity, state);

CREATE TABLE quality_exception (
    record_id bigint NOT NULL REFERENCES source_record (id),
    rule varchar NOT NULL,
    key varchar NOT NULL,
    reason_code varchar NOT NULL,
    note varchar,
    made_by varchar NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (record_id, rule, key)
);

CREATE TABLE unique_value (
    domain varchar NOT NULL,
    attribute varchar NOT NULL,
    key varchar NOT NULL,
    record_id bigint NOT NULL REFERENCES source_record (id),
    PRIMARY KEY (domain, attribute, key, record_id)
);

CREATE INDEX unique_value_of_record ON unique_value (record_id);
"""


def upgrade() -> None:
    """Add findings, exceptions from them and the values that are to be said once."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
