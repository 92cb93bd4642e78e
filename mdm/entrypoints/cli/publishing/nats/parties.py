"""The file that names who uses NATS: sources, and subscribers with their domains."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from mdm import bootstrap
from mdm.core.yaml_file import read_yaml, refuse, suggestion
from mdm.settings import Settings

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Key = Annotated[str, StringConstraints(pattern=r"^U[A-Z2-7]{55}$")]


class Source(BaseModel):
    """A source that delivers by NATS; `key` is its public nkey, if it has made one itself."""

    model_config = ConfigDict(extra="forbid")

    key: Key | None = None


class Reader(BaseModel):
    """A subscriber and the domains it gets, none named: all; `key` is its public nkey, if it has made one itself."""

    model_config = ConfigDict(extra="forbid")

    domains: tuple[Name, ...] = ()
    key: Key | None = None


class Parties(BaseModel):
    """Everybody who uses NATS besides the hub."""

    model_config = ConfigDict(extra="forbid")

    sources: Mapping[Name, Source] = Field(default_factory=dict)
    subscribers: Mapping[Name, Reader] = Field(default_factory=dict)


def read_parties(file: Path, settings: Settings) -> Parties:
    """Read the file; raises DeclarationError."""
    document = read_yaml(file)
    for section in ("sources", "subscribers"):  # a name alone is enough
        if isinstance(entries := document.get(section), dict):
            document[section] = {name: {} if entry is None else entry for name, entry in entries.items()}
    try:
        parties = Parties.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        refuse(file, ".".join(map(str, first["loc"])), str(first["msg"]), "See docs/how-to/run-nats.md.")
    known = bootstrap.declarations(settings)
    for name, subscriber in parties.subscribers.items():
        for domain in subscriber.domains:
            if domain not in known:
                refuse(file, f"subscribers.{name}.domains", f"there is no domain {domain}", suggestion(domain, known))
    return parties
