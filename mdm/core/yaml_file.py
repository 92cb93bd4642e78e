"""Declaration files on disk: YAML read strictly, every mistake named by file, path, reason and hint."""

from collections.abc import Hashable, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import yaml

from mdm.errors import DeclarationError

MERGE = "tag:yaml.org,2002:merge"  # `<<: *other`: what it brings along may be overridden


class StrictLoader(yaml.SafeLoader):
    """YAML without its kindness: a key given twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """Build a mapping; raises ConstructorError for a repeated key."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == MERGE:
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "a name is a list or mapping", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"`{key}` is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_yaml(file: Path) -> dict[str, Any]:
    """Read a file that holds one mapping; raises DeclarationError."""
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=StrictLoader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        refuse(file, "", f"not readable as YAML: {' '.join(str(error).split())}", "Check indentation and quotes.")
    except OSError as error:
        refuse(file, "", f"not readable: {error.strerror}", None)
    if not isinstance(document, dict):
        refuse(file, "", "not a mapping of names to values", "Begin with a name and a colon.")
    return document


def refuse(file: Path, path: str, reason: str, hint: str | None) -> NoReturn:
    """Raise a DeclarationError that names file, path and reason."""
    place = f"{file.name}: {path}: " if path else f"{file.name}: "
    raise DeclarationError(f"{place}{reason}.", hint=hint, file=str(file), path=path, reason=reason)


def suggestion(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or list them all."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    return f"Did you mean `{close[0]}`?" if close else f"Known are {', '.join(names)}."
