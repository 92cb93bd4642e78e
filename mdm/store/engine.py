"""How the hub connects to PostgreSQL."""

from typing import Any

import orjson
from psycopg.types.json import set_json_loads
from sqlalchemy import Engine, create_engine

set_json_loads(orjson.loads)


def _dump(content: Any) -> str:
    return orjson.dumps(content).decode()


def create(dsn: str, *, pool_size: int = 8) -> Engine:
    """Return an engine at READ COMMITTED for `dsn` (a `postgresql://` URL); JSON travels through orjson.

    Errors do not tell the parameters of their statement: they are people's data, and errors go to logs and quarantine.
    """
    url = dsn.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        json_serializer=_dump,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        connect_args={
            "application_name": "mdm",
            "options": "-c timezone=UTC -c jit=off -c plan_cache_mode=force_custom_plan",
        },
    )
