"""Tables of words: what names of countries, cities, streets and legal forms are, in files anyone can correct."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def read_table(name: str) -> dict[str, Any]:
    """Read the table of this name; the caller keeps what it makes of it."""
    table: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return table
