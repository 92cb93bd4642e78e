"""The parts of docs/reference that follow from the code; `python -m tests.docs.reference` writes them anew."""

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from litestar.handlers import BaseRouteHandler
from pydantic.fields import FieldInfo

import publishers.errors
import survivorship.errors
from mdm import errors
from mdm.core.security import ROLES, Permission
from mdm.entrypoints.api import create_app
from mdm.entrypoints.api.verbs import address
from mdm.entrypoints.cli import parser_of_everything
from mdm.settings import Settings, variable
from tests.docs import contract_tables

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
LIMITS = {"ge": "at least", "gt": "more than", "le": "at most"}


def settings() -> str:
    """One row per setting."""
    rows = [
        (f"`{variable(name)}`", _default(field), f"{field.description}{_limits(field)}")
        for name, field in Settings.model_fields.items()
    ]
    return table(("Variable", "Default", "Meaning"), rows)


def hub_errors() -> str:
    """One row per error of the hub."""
    return _errors(errors.MdmError)


def survivorship_errors() -> str:
    """One row per error of the library `survivorship`."""
    return _errors(survivorship.errors.SurvivorshipError)


def publishing_errors() -> str:
    """One row per error of the library `publishers`."""
    return _errors(publishers.errors.PublishError)


def commands() -> str:
    """One section per command, with its actions, arguments and options."""
    return "\n\n".join(_command(name, parser) for name, parser in _choices(parser_of_everything()).items())


def roles() -> str:
    """One row per permission, one column per role."""
    rows = [(f"`{p}`", *("yes" if p in granted else "" for granted in ROLES.values())) for p in Permission]
    return table(("Permission", *(f"`{role}`" for role in ROLES)), rows)


def endpoints() -> str:
    """One row per endpoint: what it needs, and which roles have it."""
    rows = []
    for method, path, handler in handlers():
        needed: frozenset[Permission] = handler.opt.get("permissions", frozenset())
        everyone = needed == frozenset(Permission)
        who = [role for role, granted in ROLES.items() if granted & needed]
        says = "nothing" if handler.opt.get("open") else "any key" if everyone else " or ".join(sorted(needed))
        rows.append((f"`{method} {path}`", says, "all" if everyone else " ".join(f"`{role}`" for role in who)))
    return table(("Endpoint", "Needs", "Roles"), sorted(rows))


def event_subjects() -> str:
    """One row per subject of events and deliveries."""
    return table(("Subject", "Stream", "Carries"), contract_tables.subjects())


def event_types() -> str:
    """One row per type of event of a golden record."""
    return table(("Type", "When"), contract_tables.types())


def event_headers() -> str:
    """One row per header of an event."""
    return table(("Header", "There", "Content"), contract_tables.headers())


def event_body() -> str:
    """One row per field of an event's body."""
    return table(("Field", "Type", "Content"), contract_tables.body())


def seal_body() -> str:
    """One row per field of a seal."""
    return table(("Field", "Type", "Content"), contract_tables.seal())


def handlers() -> Iterator[tuple[str, str, BaseRouteHandler]]:
    """Every method and path the application serves, with what answers it."""
    app = create_app(Settings(), nullcontext, nullcontext)
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            methods = handler.http_methods - {"OPTIONS"}
            yield from ((method, address(route.path), handler) for method in methods)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "settings.md": {"settings": settings},
    "errors.md": {"hub": hub_errors, "survivorship": survivorship_errors, "publishers": publishing_errors},
    "cli.md": {"commands": commands},
    "permissions.md": {"roles": roles, "endpoints": endpoints},
    "events.md": {
        "subjects": event_subjects,
        "types": event_types,
        "headers": event_headers,
        "body": event_body,
        "seal": seal_body,
    },
}


def part(text: str, name: str) -> str:
    """Return what stands in a page between the marks of a part."""
    return _pattern(name).search(text)[2].strip()


def replaced(text: str, name: str, content: str) -> str:
    """Return a page with a part written anew."""
    return _pattern(name).sub(lambda found: f"{found[1]}\n{content}\n{found[3]}", text)


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: from the code -->\n)(.*?)(\n<!-- end -->)", re.DOTALL)


def _default(field: FieldInfo) -> str:
    return "" if field.default is None else f"`{field.default}`"


def _limits(field: FieldInfo) -> str:
    given = [
        f"{words} {getattr(limit, name):,}"
        for limit in field.metadata
        for name, words in LIMITS.items()
        if hasattr(limit, name)
    ]
    return f" ({', '.join(given)})" if given else ""


def _errors(root: type[Exception]) -> str:
    has_status = hasattr(root, "status")
    rows = []
    for error in _family(root):
        status = [str(error.status)] if has_status else []
        rows.append([f"`{error.code}`", *status, error.__name__, (error.__doc__ or "").strip()])
    return table(["Code", *(["Status"] if has_status else []), "Class", "Meaning"], rows)


def _family(error: type[Exception]) -> Iterator[type[Exception]]:
    yield error
    for child in error.__subclasses__():
        yield from _family(child)


def _command(name: str, parser: argparse.ArgumentParser) -> str:
    sections = [f"## mdm {name}\n\n{parser.description}"]
    actions = _choices(parser)
    sections += _arguments(parser)
    for action, inner in actions.items():
        sections += [f"**`mdm {name} {action}`** {_help_of(parser, action)}", *_arguments(inner)]
    return "\n\n".join(sections)


def _arguments(parser: argparse.ArgumentParser) -> list[str]:
    own = [a for a in parser._actions if a.dest not in SHARED and not isinstance(a, argparse._SubParsersAction)]
    rows = [(f"`{_form(action)}`", _meaning(action)) for action in own]
    return [table(("Argument", "Meaning"), rows)] if rows else []


SHARED = ("help", "debug", "version")


def _form(action: argparse.Action) -> str:
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    if not action.option_strings:
        return f"{value} …" if action.nargs == "+" else f"[{value}]" if action.nargs == "?" else str(value)
    return action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {value}"


def _meaning(action: argparse.Action) -> str:
    needed = "; required" if action.required and action.option_strings else ""
    shows_default = (
        action.option_strings
        and action.default not in (None, False, argparse.SUPPRESS)
        and "default" not in (action.help or "")
    )
    return f"{action.help}{needed}{f' (default: {action.default})' if shows_default else ''}"


def _choices(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def _help_of(parser: argparse.ArgumentParser, action: str) -> str:
    found = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return str(next(choice.help for choice in found._choices_actions if choice.dest == action))


def main() -> None:
    """Write every part anew."""
    for name, parts in PARTS.items():
        page = REFERENCE / name
        text = page.read_text()
        for key, render in parts.items():
            text = replaced(text, key, render())
        page.write_text(text)


if __name__ == "__main__":
    main()
