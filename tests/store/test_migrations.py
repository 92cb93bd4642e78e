from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from mdm.store.tables import METADATA

VERSIONS = Path(__file__).parent.parent.parent / "migrations" / "versions"


def test_migrated_schema_is_the_declared_one(database: str) -> None:
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, METADATA)
    engine.dispose()
    assert differences == []


def test_every_migration_is_named_as_a_sentence() -> None:
    names = [file.stem for file in VERSIONS.glob("*.py")]
    assert names
    assert all(name[:4].isdigit() and name.count("_") >= 3 for name in names)
