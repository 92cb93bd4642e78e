"""The type of rows that statements return; columns are named in each query's docstring."""

from typing import Any, TypeAlias

from sqlalchemy import Row as AnyRow

Row: TypeAlias = AnyRow[*tuple[Any, ...]]
