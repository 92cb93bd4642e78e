"""How the raw values of a declared attribute become standard ones."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from mdm.core.domains.declaration import AttributeDeclaration, FieldDeclaration, LimitsDeclaration
from mdm.core.standardize import EMPTY, STANDARDIZERS, Context, Finding, Standard, Standardizer
from mdm.core.standardize.standard import within, wrong_shape
from mdm.core.yaml_file import suggestion
from mdm.errors import DeclarationError, InvalidAttributes

Reader: TypeAlias = Callable[[Any, Context], Standard]

OWN_SHAPE = frozenset(
    ["date", "decimal", "quantity", "boolean", "address", "map_by_language", "reference"]
)  # of their values
SHAPE_OF = {"latitude": "decimal", "longitude": "decimal", "item_description": "map_by_language"}  # standardizer → type


def reader(name: str, declared: AttributeDeclaration, limits: LimitsDeclaration) -> Reader:
    """Compile an attribute; the result raises InvalidAttributes with its path for values of another shape."""
    read = _attribute(f"attributes.{name}", declared, limits)

    def read_attribute(raw: Any, context: Context) -> Standard:
        if raw is None:
            return EMPTY
        try:
            return read(raw, context)
        except InvalidAttributes as error:
            path = name + error.details.get("path", "")
            raise InvalidAttributes(f"`{path}` {error.message}.", hint=error.hint, path=path) from None

    return read_attribute


def _attribute(path: str, declared: AttributeDeclaration, limits: LimitsDeclaration) -> Reader:
    """Compile an attribute to a reader whose errors name the path from here on: `.street`, `[0].email`."""
    if declared.fields is None:
        return _simple(path, declared, limits)
    fields = {name: _simple(f"{path}.fields.{name}", form, limits) for name, form in declared.fields.items()}
    return _keyed_list(declared.key or "", fields, limits.list_length)


def _simple(declared_at: str, declared: FieldDeclaration, limits: LimitsDeclaration) -> Reader:
    standardize = _standardizer(declared_at, declared)
    allowed = None if declared.values is None else {value.casefold(): value for value in declared.values}
    longest = limits.text

    def read(raw: Any, context: Context) -> Standard:
        if isinstance(raw, str) and len(raw) > longest:
            raise InvalidAttributes(f"has {len(raw):,} characters; at most {longest:,} are allowed", path="")
        standard = standardize(raw, context)
        if allowed is None or standard.value is None:
            return standard
        known = allowed.get(str(standard.value).casefold())
        if known is not None:
            return Standard(known, standard.std, standard.findings)
        unknown = Finding("unknown_code", f"{standard.value} is not one of {', '.join(declared.values or ())}.")
        return Standard(standard.value, standard.std, (*standard.findings, unknown))

    return read


def _standardizer(path: str, declared: FieldDeclaration) -> Standardizer:
    name = declared.standardizer or declared.scheme or declared.type
    where = "standardizer" if declared.standardizer else "scheme" if declared.scheme else "type"
    if name not in STANDARDIZERS:
        reason, hint = f"there is no standardizer `{name}`", suggestion(name, STANDARDIZERS)
    elif (shape := SHAPE_OF.get(name, name)) != declared.type and not OWN_SHAPE.isdisjoint({shape, declared.type}):
        reason, hint = f"`{name}` does not read values of type {declared.type}", "Leave it out, or change the type."
    else:
        return STANDARDIZERS[name]
    raise DeclarationError(f"{path}.{where}: {reason}.", hint=hint, path=f"{path}.{where}", reason=reason)


def _keyed_list(key: str, fields: Mapping[str, Reader], longest: int) -> Reader:
    def read(raw: Any, context: Context) -> Standard:
        elements = _elements(raw, fields, longest)
        merged: dict[Any, tuple[dict[str, Any], dict[str, Any]]] = {}
        findings: dict[str, Finding] = {}
        for position, element in enumerate(elements):
            value, std = _element(position, element, fields, context, findings)
            if not value:
                continue
            slot = std.get(key) or ("", position)
            if not std.get(key):
                findings["missing_key"] = Finding("missing_key", f"An element has no usable `{key}`.")
            values, stds = merged.setdefault(slot, ({}, {}))
            stds.update({field: s for field, s in std.items() if field not in values})
            values.update({field: v for field, v in value.items() if field not in values})
        if not merged:
            return EMPTY
        pairs = list(merged.values())
        return Standard([v for v, _ in pairs], [s for _, s in pairs], tuple(findings.values()))

    return read


def _element(
    position: int,
    raw: Mapping[str, Any],
    fields: Mapping[str, Reader],
    context: Context,
    findings: dict[str, Finding],
) -> tuple[dict[str, Any], dict[str, Any]]:
    value, std = {}, {}
    for field, content in raw.items():
        if content is None:
            continue
        try:
            standard = fields[field](content, context)
        except InvalidAttributes as error:
            raise within(f"[{position}].{field}", error) from None
        if standard.value is not None:
            value[field], std[field] = standard.value, standard.std
            findings.update({finding.code: finding for finding in standard.findings})
    return value, std


def _elements(raw: Any, fields: Mapping[str, Reader], longest: int) -> list[dict[str, Any]]:
    if not isinstance(raw, list):
        raise wrong_shape("a list of objects", raw)
    if len(raw) > longest:
        raise InvalidAttributes(f"has {len(raw):,} elements; at most {longest:,} are allowed", path="")
    for position, element in enumerate(raw):
        if not isinstance(element, dict):
            raise within(f"[{position}]", wrong_shape("an object", element))
        for field in element:
            if field not in fields:
                hint = suggestion(field, fields)
                raise InvalidAttributes("is not known here", hint=hint, path=f"[{position}].{field[:80]}")
    return raw
