"""Keys made before there were people each become a key of a service that has their name and roles."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from mdm.core.security import Permission
from mdm.hub.access.keys import _hash, authenticate
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.servers import MIGRATIONS, migrate

BEFORE = """
INSERT INTO api_key (id, prefix, hash, name, roles, domains, created_by, created_at, expires_at, revoked_at)
SELECT gen_random_uuid(), prefix, %s, name, roles, domains, 'hub', now(), expires_at, revoked_at
FROM (VALUES
    ('aaaaaaaa', 'anna', ARRAY['reader', 'steward'], ARRAY['customer'], NULL::timestamptz, NULL::timestamptz),
    ('bbbbbbbb', 'anna', ARRAY['reader'], ARRAY['*'], NULL, NULL),
    ('cccccccc', 'anna', ARRAY['admin'], ARRAY['*'], NULL, now()),
    ('dddddddd', 'feed', ARRAY['source'], ARRAY['supplier'], now() - interval '1 day', NULL)
) AS old (prefix, name, roles, domains, expires_at, revoked_at)
"""


@pytest.fixture
def migrated(empty_database: str) -> Iterator[HubUnderTest]:
    """A hub whose keys were made before migration 0003."""
    _upgrade(empty_database, "0002")
    with psycopg.connect(empty_database) as connection:
        connection.execute(BEFORE, [_hash("secret")])
    migrate(empty_database)
    with opened_hub(empty_database) as hub:
        yield hub


def _upgrade(dsn: str, revision: str) -> None:
    engine = create_engine(dsn.replace("postgresql://", "postgresql+psycopg://", 1))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_every_name_becomes_one_service(migrated: HubUnderTest) -> None:
    assert migrated.rows("SELECT name, kind FROM principal ORDER BY name") == [("anna", "service"), ("feed", "service")]


def test_old_keys_open_what_they_opened_and_not_what_others_of_their_name_did(migrated: HubUnderTest) -> None:
    with migrated.hub.begin() as work:
        steward, reader = (authenticate(work, f"mdm_{prefix}_secret") for prefix in ("aaaaaaaa", "bbbbbbbb"))
    assert (steward.name, steward.roles, steward.domains) == ("anna", {"reader", "steward"}, {"customer"})
    assert (reader.name, reader.roles) == ("anna", {"reader"})
    assert reader.may(Permission.READ, domain="supplier")
    assert not reader.may(Permission.STEWARD)


def test_ended_keys_leave_no_roles_behind(migrated: HubUnderTest) -> None:
    held = migrated.rows(
        "SELECT p.name, g.role, g.domains FROM role_grant g JOIN principal p ON p.id = g.principal_id ORDER BY 1, 2, 3"
    )
    assert held == [("anna", "reader", ["*"]), ("anna", "reader", ["customer"]), ("anna", "steward", ["customer"])]
