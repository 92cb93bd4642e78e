"""How the raw values of a declared attribute become standard ones."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from mdm.core.domains.declaration import AttributeDeclaration, FieldDeclaration, LimitsDeclaration
from mdm.core.standardize import STANDARDIZERS, Context, Finding, Standard, Standardizer
from mdm.errors import DeclarationError, InvalidAttributes

Reader: TypeAlias = Callable[[Any, Context], Standard]

EMPTY = Standard(None, None)
OWN_STANDARDIZER = ("text", "code", "date", "decimal", "quantity", "boolean", "address")


def reader(name: str, declared: AttributeDeclaration, limits: LimitsDeclaration) -> Reader:
    """Compile an attribute; the result raises InvalidAttributes with its path for values of another shape."""
    if declared.fields is None:
        return _scalar(name, f"attributes.{name}", declared, limits)
    fields = {
        field: _scalar(f"{name}.{field}", f"attributes.{name}.fields.{field}", form, limits)
        for field, form in declared.fields.items()
    }
    return _keyed_list(name, declared.key or "", fields, limits.list_length)


def _scalar(path: str, declared_at: str, declared: FieldDeclaration, limits: LimitsDeclaration) -> Reader:
    standardize = _standardizer(declared_at, declared)
    allowed = None if declared.values is None else {value.casefold() for value in declared.values}
    longest = limits.text

    def read(raw: Any, context: Context) -> Standard:
        if raw is None:
            return EMPTY
        if isinstance(raw, str) and len(raw) > longest:
            raise InvalidAttributes(
                f"`{path}` has {len(raw):,} characters, at most {longest:,} are allowed.", path=path
            )
        try:
            standard = standardize(raw, context)
        except InvalidAttributes as error:
            raise InvalidAttributes(f"`{path}`: {error.message}", hint=error.hint, path=path) from error
        if allowed is not None and standard.value is not None and str(standard.value).casefold() not in allowed:
            unknown = Finding("unknown_code", f"{standard.value} is not one of {', '.join(declared.values or ())}.")
            return Standard(standard.value, standard.std, (*standard.findings, unknown))
        return standard

    return read


def _standardizer(path: str, declared: FieldDeclaration) -> Standardizer:
    name = declared.standardizer or declared.scheme or declared.type
    if name not in STANDARDIZERS:
        where = "standardizer" if declared.standardizer else "scheme" if declared.scheme else "type"
        raise DeclarationError(
            f"{path}.{where}: there is no standardizer `{name}`.",
            hint=f"There are {', '.join(sorted(STANDARDIZERS))}.",
            path=f"{path}.{where}",
        )
    return STANDARDIZERS[name]


def _keyed_list(name: str, key: str, fields: Mapping[str, Reader], longest: int) -> Reader:
    def read(raw: Any, context: Context) -> Standard:
        if raw is None:
            return EMPTY
        elements = _elements(name, raw, fields, longest)
        merged: dict[Any, tuple[dict[str, Any], dict[str, Any]]] = {}
        findings: dict[str, Finding] = {}
        for position, element in enumerate(elements):
            value, std = _element(element, fields, context, findings)
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
    raw: Mapping[str, Any], fields: Mapping[str, Reader], context: Context, findings: dict[str, Finding]
) -> tuple[dict[str, Any], dict[str, Any]]:
    value, std = {}, {}
    for field, content in raw.items():
        standard = fields[field](content, context)
        if standard.value is not None:
            value[field], std[field] = standard.value, standard.std
            findings.update({finding.code: finding for finding in standard.findings})
    return value, std


def _elements(name: str, raw: Any, fields: Mapping[str, Reader], longest: int) -> list[dict[str, Any]]:
    if not isinstance(raw, list):
        raise InvalidAttributes(f"`{name}` is a list of objects, not {type(raw).__name__}.", path=name)
    if len(raw) > longest:
        raise InvalidAttributes(f"`{name}` has {len(raw):,} elements, at most {longest:,} are allowed.", path=name)
    for position, element in enumerate(raw):
        path = f"{name}[{position}]"
        if not isinstance(element, dict):
            raise InvalidAttributes(f"`{path}` is an object, not {type(element).__name__}.", path=path)
        for field in element:
            if field not in fields:
                raise InvalidAttributes(
                    f"`{path}` has no field `{field}`.", hint=f"Its fields are {', '.join(fields)}.", path=path
                )
    return raw
