"""Mapping files on disk, every mistake named by file, path, reason and hint."""

from pathlib import Path
from typing import NoReturn

from pydantic import BaseModel, ValidationError

from mdm.core.yaml_file import read_yaml, refuse, suggestion
from mdm.sources.declaration import FeedDeclaration, FieldDeclaration, FormatDeclaration, MappingDeclaration


def read_mapping(file: Path) -> MappingDeclaration:
    """Read and check one mapping file; raises DeclarationError."""
    document = read_yaml(file)
    try:
        return MappingDeclaration.model_validate(document)
    except ValidationError as error:
        _explain(file, error)


def _explain(file: Path, error: ValidationError) -> NoReturn:
    problem = error.errors(include_url=False)[0]
    kind, reason = problem["type"], str(problem["msg"]).removeprefix("Value error, ")
    path = ".".join(str(part) for part in problem["loc"] if part != "[key]")
    hint = None
    if kind == "extra_forbidden":
        reason, hint = "this name is not known here", suggestion(path.rsplit(".", 1)[-1], _known_names(path))
    elif kind == "string_type" and isinstance(problem.get("input"), bool | int | float):
        hint = 'YAML reads yes, no, on, off and digits as other types: write it in quotes, "…".'
    elif kind == "missing":
        reason = "it is missing"
    refuse(file, path, reason, hint)


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
