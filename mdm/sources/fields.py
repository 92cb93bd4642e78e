"""Declared fields compiled to functions: from the cells or the JSON object of a row to one value."""

from collections.abc import Mapping, Sequence
from typing import Any

from mdm.errors import InvalidAttributes, MdmError
from mdm.sources.conversions import Converter, as_text, converter
from mdm.sources.declaration import FieldDeclaration, FormatDeclaration
from mdm.sources.fact import JSON, shown
from mdm.sources.layout import MISSING, Layout, ObjectLayout, Reader


def compile_field(
    declared: FieldDeclaration,
    layout: Layout,
    form: FormatDeclaration,
    *,
    convert: Converter | None = None,
    error: type[MdmError] = InvalidAttributes,
) -> Reader:
    """Compile a declared field; its reader raises `error`, naming column and value."""
    origin = _origin(declared, layout, form)
    convert = convert or converter(declared, form)
    if convert is None:
        return origin if declared.otherwise is None else _with_default(origin, declared.otherwise)
    return _converting(origin, convert, declared, error)


def _with_default(origin: Reader, otherwise: JSON) -> Reader:
    def read(row: Any) -> JSON:
        value = origin(row)
        return otherwise if value is MISSING or value is None else value

    return read


def _converting(origin: Reader, convert: Converter, declared: FieldDeclaration, error: type[MdmError]) -> Reader:
    otherwise = declared.otherwise
    name = declared.column or "+".join(declared.join or declared.first or ())

    def read(row: Any) -> JSON:
        value = origin(row)
        if value is MISSING or value is None:
            return value if otherwise is None else otherwise
        try:
            return convert(value)
        except ValueError as reason:
            message = f'Column "{name}" is {shown(value)}: {reason}.'
            raise error(message, column=name, value=shown(value), reason=str(reason)) from None

    return read


def _origin(declared: FieldDeclaration, layout: Layout, form: FormatDeclaration) -> Reader:
    """Return the reader of the value as it stands in the row."""
    if declared.column is not None:
        return layout.locate(declared.column, optional=declared.optional)
    if declared.constant is not None:
        constant = declared.constant
        return lambda _: constant
    if declared.each is not None:
        return _each(declared, layout, form)
    if declared.fields is not None:
        return _compound(declared.fields, layout, form)
    if declared.elements is not None:
        return _elements([_compound(element, layout, form) for element in declared.elements])
    parts = [layout.locate(column, optional=declared.optional) for column in declared.join or declared.first or ()]
    return _joined(parts, declared) if declared.join else _first(parts)


def _joined(parts: Sequence[Reader], declared: FieldDeclaration) -> Reader:
    separator, name = declared.separator, "+".join(declared.join or ())

    def read(row: Any) -> JSON:
        values = [part(row) for part in parts]
        texts = [value if type(value) is str else _text(value, name) for value in values if value is not None]
        texts = [text for text in texts if text]
        if texts:
            return separator.join(texts)
        return None if None in values else MISSING

    return read


def _text(value: JSON, name: str) -> str:
    if value is MISSING:
        return ""
    try:
        return as_text(value)
    except ValueError as reason:
        raise InvalidAttributes(f'"{name}" is {shown(value)}: {reason}.', column=name, value=shown(value)) from None


def _first(parts: Sequence[Reader]) -> Reader:
    def read(row: Any) -> JSON:
        found: JSON = MISSING
        for part in parts:
            value = part(row)
            if value is None:
                found = None
            elif value is not MISSING:
                return value
        return found

    return read


def _compound(fields: Mapping[str, FieldDeclaration], layout: Layout, form: FormatDeclaration) -> Reader:
    """Read several columns into one object; if all of them are empty, so is the object."""
    readers = [(name, compile_field(field, layout, form)) for name, field in fields.items()]

    def read(row: Any) -> JSON:
        found, blank = {}, MISSING
        for name, reader in readers:
            value = reader(row)
            if value is None:
                blank = None
            elif value is not MISSING:
                found[name] = value
        return found or blank

    return read


def _elements(elements: Sequence[Reader]) -> Reader:
    """Read a list whose elements lie side by side in the row."""

    def read(row: Any) -> JSON:
        values = [element(row) for element in elements]
        found = [value for value in values if value is not MISSING and value is not None]
        return found or (None if None in values else MISSING)

    return read


def _each(declared: FieldDeclaration, layout: Layout, form: FormatDeclaration) -> Reader:
    """Read every object of a JSON list."""
    path = declared.each or ""
    whole = layout.locate(path, optional=declared.optional)
    element = _compound(declared.fields or {}, ObjectLayout(form), form)

    def read(row: Any) -> JSON:
        members = whole(row)
        if members is MISSING or members is None:
            return members
        if type(members) is not list or any(type(member) is not dict for member in members):
            raise InvalidAttributes(
                f'"{path}" is {shown(members)}, not a list of objects.', column=path, value=shown(members)
            )
        values = [element(member) for member in members]
        return [value for value in values if value is not MISSING and value is not None]

    return read
