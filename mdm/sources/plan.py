"""A compiled feed: how the cells or the object of one row become a fact."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from mdm.errors import UnreadableRow
from mdm.sources.conversions import Converter, as_text, boolean, integer
from mdm.sources.declaration import FeedDeclaration, FieldDeclaration
from mdm.sources.fact import JSON, LARGEST_VERSION, OPERATIONS, Operation, SourceFact, key_problem, shown
from mdm.sources.fields import compile_field
from mdm.sources.layout import MISSING, Layout
from mdm.sources.times import instant_reader

Envelope = Callable[[Any], Any]  # a row → one of the fields around the attributes, None if it has none


class Plan:
    """The readers of one feed over one layout, compiled once."""

    def __init__(self, source: str, declared: FeedDeclaration, zone: tzinfo, layout: Layout) -> None:
        """Compile; raises UnreadableFile for a column that the file does not have."""
        form = declared.format

        def envelope(field: FieldDeclaration | None, convert: Converter) -> Envelope:
            if field is None:
                return lambda _: None
            read = compile_field(field, layout, form, convert=convert, error=UnreadableRow)
            return lambda row: None if (value := read(row)) is MISSING else value

        def instant(field: FieldDeclaration | None) -> Callable[[Any], datetime | None]:
            read = instant_reader(field.format or form.times if field else "iso", zone)
            return envelope(field, lambda value: read(value if isinstance(value, int) else as_text(value)))

        self.source = source
        self.domain = declared.domain or ""
        self.key = envelope(declared.key, _key)
        self.version = envelope(declared.version, _version)
        self.source_time = instant(declared.source_time)
        self.operation = _operation(declared.operation, layout, declared)
        self.effective_from = instant(declared.effective_from)
        self.replace = envelope(declared.replace, boolean)
        self.master_id = envelope(declared.master_id, as_text)
        self.attributes = [(name, compile_field(field, layout, form)) for name, field in declared.attributes.items()]

    def fact(self, row: Any) -> SourceFact:
        """Interpret one row; raises UnreadableRow or InvalidAttributes, naming column and value."""
        key = self.key(row)
        if key is None:
            raise UnreadableRow("The row has no key.", hint="Every row needs the key of its record.", reason="key")
        operation = self.operation(row)
        attributes: dict[str, JSON] = {}
        if operation != "delete":
            for name, read in self.attributes:
                value = read(row)
                if value is not MISSING:
                    attributes[name] = value
        return SourceFact(
            domain=self.domain,
            source=self.source,
            key=key,
            operation=operation,
            version=self.version(row),
            source_time=self.source_time(row),
            effective_from=self.effective_from(row),
            replace=self.replace(row) or False,
            master_id=self.master_id(row),
            attributes=attributes,
        )


def _operation(field: FieldDeclaration | None, layout: Layout, declared: FeedDeclaration) -> Callable[[Any], Operation]:
    if field is None:
        return lambda _: "full"
    read = compile_field(field, layout, declared.format, error=UnreadableRow)

    def operation(row: Any) -> Operation:
        value = read(row)
        if value is MISSING or value is None:
            return "full"
        if value not in OPERATIONS:
            raise UnreadableRow(
                f"The operation is {shown(value)}, not one of {', '.join(OPERATIONS)}.", reason="operation"
            )
        return value  # type: ignore[no-any-return]

    return operation


def _key(value: JSON) -> str:
    key = as_text(value).strip()
    if problem := key_problem(key):
        raise ValueError(problem)
    return key


def _version(value: JSON) -> int:
    number = integer(value)
    if not 0 <= number <= LARGEST_VERSION:
        raise ValueError("not a whole number from 0 to 2^63 - 1")
    return number
