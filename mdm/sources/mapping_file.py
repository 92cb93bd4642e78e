"""Mapping files on disk: YAML read strictly, every mistake named by file, path, reason and hint."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import BaseModel, ValidationError

from mdm.errors import DeclarationError
from mdm.sources.declaration import FeedDeclaration, FieldDeclaration, FormatDeclaration, MappingDeclaration


def read_mapping(file: Path) -> MappingDeclaration:
    """Read and check one mapping file; raises DeclarationError."""
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=StrictLoader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        _refuse(file, "", f"not readable as YAML: {' '.join(str(error).split())}", "Check indentation and quotes.")
    except OSError as error:
        _refuse(file, "", f"not readable: {error.strerror}", None)
    if not isinstance(document, dict):
        _refuse(file, "", "not a mapping of names to values", "Begin with `source:` and `feeds:`.")
    try:
        return MappingDeclaration.model_validate(document)
    except ValidationError as error:
        _explain(file, error)


class StrictLoader(yaml.SafeLoader):
    """YAML without aliases of the language's kindness: a key given twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """Build a mapping; raises ConstructorError for a repeated key."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"`{key}` is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _explain(file: Path, error: ValidationError) -> NoReturn:
    problem = error.errors(include_url=False)[0]
    kind, reason = problem["type"], str(problem["msg"]).removeprefix("Value error, ")
    path = ".".join(str(part) for part in problem["loc"] if part != "[key]")
    hint = None
    if kind == "extra_forbidden":
        known = _known_names(path)
        close = get_close_matches(path.rsplit(".", 1)[-1], known, n=1)
        reason = "this name is not known here"
        hint = f"Did you mean `{close[0]}`?" if close else f"Known here: {', '.join(known)}."
    elif kind == "string_type" and isinstance(problem.get("input"), bool | int | float):
        hint = 'YAML reads yes, no, on, off and digits as other types: write it in quotes, "…".'
    elif kind == "missing":
        reason = "it is missing"
    _refuse(file, path, reason, hint)


def _known_names(path: str) -> list[str]:
    """Return the names allowed where the unknown one stands."""
    parts = path.split(".")[:-1]
    form: type[BaseModel] = FieldDeclaration
    if not parts:
        form = MappingDeclaration
    elif len(parts) == 2:
        form = FeedDeclaration
    elif len(parts) == 3 and parts[2] == "format":
        form = FormatDeclaration
    return list(form.model_fields)


def _refuse(file: Path, path: str, reason: str, hint: str | None) -> NoReturn:
    place = f"{file.name}: {path}: " if path else f"{file.name}: "
    raise DeclarationError(f"{place}{reason}.", hint=hint, file=str(file), path=path, reason=reason)
