"""Where a column lies in a row: in the cells of a CSV file or in a JSON object."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from mdm.errors import InvalidAttributes, UnreadableFile
from mdm.sources.declaration import FormatDeclaration
from mdm.sources.fact import JSON, shown

MISSING: Final[Any] = type("Missing", (), {"__repr__": lambda _: "missing"})()
Reader = Callable[[Any], JSON]  # a row → its value, None (the source says empty) or MISSING (it says nothing)


class Layout(Protocol):
    """Where a column lies in a row."""

    blank: JSON

    def locate(self, column: str, *, optional: bool) -> Reader:
        """Return the reader of a column."""


class CellLayout:
    """Columns of a CSV file, found by the header."""

    def __init__(self, header: Sequence[str], form: FormatDeclaration) -> None:
        """Know where the columns are and what counts as blank."""
        self.places = {name: index for index, name in enumerate(header)}
        self.blank = None if form.blank == "clears" else MISSING
        self.empty = frozenset(["", *form.empty])

    def locate(self, column: str, *, optional: bool) -> Reader:
        """Return the reader of a column; raises UnreadableFile if the file has none."""
        blank, empty, index = self.blank, self.empty, self.places.get(column)
        if index is None:
            if optional:
                return lambda _: MISSING
            raise UnreadableFile(f'The file has no column "{column}".', column=column)

        def read(cells: Sequence[str]) -> JSON:
            cell = cells[index]
            return blank if cell in empty else cell

        return read


class ObjectLayout:
    """Members of a JSON object, found by their path."""

    def __init__(self, form: FormatDeclaration) -> None:
        """Know what counts as blank."""
        self.blank = None if form.blank == "clears" else MISSING
        self.empty = frozenset(["", *form.empty])

    def locate(self, column: str, *, optional: bool) -> Reader:  # noqa: ARG002 (absence means "not supplied" in JSON)
        """Return the reader of a path; a null on the way is a null at its end."""
        blank, empty, path = self.blank, self.empty, tuple(column.split("."))

        def read(document: Mapping[str, JSON]) -> JSON:
            value: JSON = document
            for name in path:
                if type(value) is not dict:
                    if value is None:
                        return None
                    raise InvalidAttributes(
                        f'"{column}" lies in an object, but the row has {shown(value)} there.', column=column
                    )
                value = value.get(name, MISSING)
                if value is MISSING:
                    return MISSING
            return blank if type(value) is str and value in empty else value

        return read
