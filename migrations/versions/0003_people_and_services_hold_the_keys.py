"""People and services hold the keys: principals, groups and delegations."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE principal (
    id uuid NOT NULL,
    name varchar NOT NULL,
    kind varchar NOT NULL,
    display_name varchar NOT NULL,
    issuer varchar,
    subject varchar,
    claimed_roles text[] NOT NULL,
    claimed_groups text[] NOT NULL,
    claimed_at timestamptz,
    created_by varchar NOT NULL,
    created_at timestamptz NOT NULL,
    deactivated_by varchar,
    deactivated_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (name),
    CONSTRAINT principal_of_provider UNIQUE (issuer, subject)
);

CREATE TABLE principal_group (
    id uuid NOT NULL,
    name varchar NOT NULL,
    display_name varchar NOT NULL,
    external_name varchar,
    created_by varchar NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name),
    UNIQUE (external_name)
);

CREATE TABLE group_member (
    group_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    added_by varchar NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, principal_id),
    FOREIGN KEY(group_id) REFERENCES principal_group (id) ON DELETE CASCADE,
    FOREIGN KEY(principal_id) REFERENCES principal (id)
);

CREATE INDEX group_member_of_principal ON group_member (principal_id);

CREATE TABLE role_grant (
    id uuid NOT NULL,
    principal_id uuid,
    group_id uuid,
    role varchar NOT NULL,
    domains text[] NOT NULL,
    sites text[] NOT NULL,
    granted_by varchar NOT NULL,
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(principal_id) REFERENCES principal (id),
    FOREIGN KEY(group_id) REFERENCES principal_group (id) ON DELETE CASCADE,
    CONSTRAINT role_grant_has_one_holder CHECK (num_nonnulls(principal_id, group_id) = 1)
);

CREATE INDEX role_grant_of_principal ON role_grant (principal_id);

CREATE INDEX role_grant_of_group ON role_grant (group_id);

CREATE TABLE delegation (
    id uuid NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    roles text[] NOT NULL,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason varchar NOT NULL,
    created_by varchar NOT NULL,
    created_at timestamptz NOT NULL,
    ended_by varchar,
    PRIMARY KEY (id),
    FOREIGN KEY(from_id) REFERENCES principal (id),
    FOREIGN KEY(to_id) REFERENCES principal (id)
);

CREATE INDEX delegation_from ON delegation (from_id);

CREATE INDEX delegation_to ON delegation (to_id, ends_at);

INSERT INTO principal (id, name, kind, display_name, claimed_roles, claimed_groups, created_by, created_at)
SELECT gen_random_uuid(), name, 'service', name, '{}', '{}', min(created_by), min(created_at)
FROM api_key GROUP BY name;

INSERT INTO role_grant (id, principal_id, role, domains, sites, granted_by, granted_at)
SELECT gen_random_uuid(), principal_id, role, domains, '{*}', min(created_by), min(created_at)
FROM (
    SELECT p.id AS principal_id, unnest(k.roles) AS role, k.domains, k.created_by, k.created_at
    FROM api_key k JOIN principal p ON p.name = k.name
    WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
) live
GROUP BY principal_id, role, domains;

ALTER TABLE api_key ADD COLUMN principal_id uuid REFERENCES principal (id);
ALTER TABLE api_key ADD COLUMN purpose varchar;
UPDATE api_key k SET purpose = k.prefix, principal_id = p.id FROM principal p WHERE p.name = k.name;
ALTER TABLE api_key ALTER COLUMN principal_id SET NOT NULL, ALTER COLUMN purpose SET NOT NULL,
    ALTER COLUMN roles DROP NOT NULL, ALTER COLUMN domains DROP NOT NULL, DROP COLUMN name;

CREATE INDEX api_key_of_principal ON api_key (principal_id, purpose);
"""


def upgrade() -> None:
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
