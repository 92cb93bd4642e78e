"""CEL expressions over a record's attributes: compiled once, checked when declared, and never able to run for long."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from mdm.core.quality.subject import Subject
from mdm.core.yaml_file import suggestion
from mdm.errors import DeclarationError

TODAY = "today"
MACROS = ("all", "exists", "exists_one", "map", "filter")
FUNCTIONS = frozenset(
    ["contains", "double", "duration", "endsWith", "has", "int", "matches", "size", "startsWith", "string", "timestamp"]
)  # fmt: skip
OPERATOR = re.compile(r"[_@!-]")  # begins the names by which CEL knows its operators
MACRO = re.compile(rf"\.\s*(?:{'|'.join(MACROS)})\s*\(\s*([A-Za-z_]\w*)?")
PLACE = re.compile(r"<input>:(\d+):(\d+): *([^\n]*)")


class UnjudgedError(Exception):
    """An expression could not be evaluated for a record; the message says why, without any value."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression and the attributes it reads; equal to another of the same text over the same attributes."""

    text: str
    reads: Mapping[str, Subject]
    run: Callable[[dict[str, Any]], Any] = field(compare=False, repr=False)

    def holds(self, values: Mapping[str, Any], today: str) -> bool:
        """Tell whether the expression is true of the values of what it reads; raises UnjudgedError."""
        try:
            said = self.run({TODAY: today} | {name: of.plain(values[name]) for name, of in self.reads.items()})
        except Exception as error:  # noqa: BLE001  whatever it is, the record goes on
            raise UnjudgedError(type(error).__name__) from None
        if not isinstance(said, bool):
            raise UnjudgedError(f"gives {type(said).__name__}, neither true nor false")
        return said


def compile_expression(text: str, *, path: str, known: Mapping[str, Subject]) -> Expression:
    """Compile an expression over the `known` attributes; raises DeclarationError naming path and column."""
    import cel  # noqa: PLC0415  it brings a command line with it, for which only those wait who use expressions

    bound = MACRO.findall(text)
    if len(bound) > 1:
        _refuse(path, f"only one of {', '.join(MACROS)} may be used", "So it goes through a list once and is fast.")
    try:
        program = cel.compile(text)
    except ValueError as error:
        place = PLACE.search(str(error))
        _refuse(path, "it is no CEL expression" if place is None else f"column {place[2]}: {place[3].rstrip('. ')}")
    for name in program.functions():
        if name not in FUNCTIONS and not OPERATOR.match(name):
            _refuse_name(path, text, "function", name, FUNCTIONS)
    reads = [name for name in program.variables() if name not in bound and name != TODAY]
    for name in reads:
        if name not in known:
            _refuse_name(path, text, "attribute", name, known)
    return Expression(text, {name: known[name] for name in reads}, program.execute)


def _refuse_name(path: str, text: str, what: str, name: str, known: Collection[str]) -> NoReturn:
    found = re.search(rf"\b{re.escape(name)}\b", text)
    column = f"column {found.start() + 1}: " if found else ""
    _refuse(path, f"{column}there is no {what} `{name}`", suggestion(name, known))


def _refuse(path: str, reason: str, hint: str | None = None) -> NoReturn:
    raise DeclarationError(f"{path}: {reason}.", hint=hint, path=path, reason=reason)
