"""SQL statements that are more than a short query: one a file, one line of purpose on top."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import TextClause, text
from sqlmodel import Session

from mdm.store.rows import Row

HERE = Path(__file__).parent


@cache
def statement(name: str) -> TextClause:
    """Read the statement `room/name`.sql."""
    return text((HERE / f"{name}.sql").read_text())


def run(session: Session, name: str, **parameters: Any) -> Sequence[Row]:
    """Execute the statement `room/name` and return its rows, if it returns any."""
    result = session.connection().execute(statement(name), parameters)
    return result.all() if result.returns_rows else ()


def as_document(content: Mapping[str, Any]) -> str:
    """Serialize a document for a statement that reads it as jsonb."""
    return orjson.dumps(dict(content)).decode()


def as_json(rows: Iterable[dict[str, Any]]) -> str:
    """Serialize rows for a statement that reads them with jsonb_to_recordset."""
    return orjson.dumps(list(rows)).decode()
