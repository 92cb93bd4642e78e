"""The domains there are, and the files that declare them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mdm.core.domains.domain import Domain, parse
from mdm.core.yaml_file import read_yaml, refuse, suggestion
from mdm.errors import DeclarationError, UnknownDomain

BUILT_IN = Path(__file__).parent
MATCH = ".match.yaml"


@dataclass(frozen=True, slots=True)
class Catalog:
    """Domains by name."""

    domains: Mapping[str, Domain]

    def domain(self, name: str) -> Domain:
        """Return a domain; raises UnknownDomain."""
        if name not in self.domains:
            raise UnknownDomain(f"There is no domain `{name[:80]}`.", hint=suggestion(name, self.domains))
        return self.domains[name]

    def referrers(self, name: str) -> dict[str, list[str]]:
        """Return the attributes of each domain that refer to this one."""
        found = {d.name: [a for a, to in d.references.items() if to == name] for d in self.domains.values()}
        return {domain: attributes for domain, attributes in found.items() if attributes}


def load_documents(*folders: Path) -> dict[str, dict[str, Any]]:
    """Read the built-in domains, then those of the given folders, as one document each; raises DeclarationError.

    A domain is declared in `<domain>.yaml`, its match model in `<domain>.match.yaml` unless it is keyed; a later folder
    adds domains and replaces either file.
    """
    files: dict[str, dict[str, Path]] = {}
    for folder in (BUILT_IN, *folders):
        if not folder.is_dir():
            raise DeclarationError(
                f"{folder} is not a folder.", hint="Name a folder of domain files.", file=str(folder)
            )
        for file in sorted(folder.glob("*.yaml")):
            part = "match" if file.name.endswith(MATCH) else "declaration"
            files.setdefault(file.name.removesuffix(MATCH).removesuffix(".yaml"), {})[part] = file
    documents = {name: _document(name, parts) for name, parts in sorted(files.items())}
    for name, document in documents.items():
        file = files[name]["declaration"]
        try:
            check_targets(parse(document), documents)
        except DeclarationError as error:
            refuse(file, error.details["path"], error.details["reason"], error.hint)
    return documents


def check_targets(domain: Domain, known: Collection[str]) -> None:
    """Refuse references to domains that nobody declares; raises DeclarationError."""
    for attribute, to in domain.references.items():
        if to not in known:
            path, reason = f"attributes.{attribute}.to", f"there is no domain `{to}`"
            raise DeclarationError(f"{path}: {reason}.", hint=suggestion(to, known), path=path, reason=reason)


def note_priority(declaration: dict[str, Any]) -> None:
    """Write down the order in which the sources stand in the file: stored as JSON, an object has none."""
    if isinstance(declaration.get("sources"), dict):
        declaration.setdefault("priority", list(declaration["sources"]))


def _document(name: str, parts: Mapping[str, Path]) -> dict[str, Any]:
    if "declaration" not in parts:
        refuse(parts["match"], "", f"{name}.yaml is missing beside it", "A match model belongs to a domain file.")
    document = {part: read_yaml(file) for part, file in parts.items()}
    if "match" not in parts and document["declaration"].get("identity") != "keyed":
        refuse(parts["declaration"], "", f"{name}{MATCH} is missing beside it", "A matched domain needs both files.")
    declared = document["declaration"].get("domain")
    if declared != name:
        refuse(parts["declaration"], "domain", f"it says `{declared}`, the file name says `{name}`", "Rename one.")
    note_priority(document["declaration"])
    try:
        parse(document)
    except DeclarationError as error:
        path = str(error.details.get("path", ""))
        file = parts.get("match" if path.startswith("match") else "declaration", parts["declaration"])
        message = f"{file.name}: {error.message}"
        raise DeclarationError(message, hint=error.hint, **{**error.details, "file": str(file)}) from error
    return document
