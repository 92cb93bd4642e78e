"""What a hub is told from outside: the only reader of the environment (variables `MDM_…`)."""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mdm.errors import InvalidInput

PREFIX = "MDM_"


class Settings(BaseSettings):
    """Every setting of the hub, its default and what it is for."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    postgres_dsn: str | None = Field(
        default=None, repr=False, description="URL of the hub's PostgreSQL 15+ database; unset: the embedded one."
    )
    nats_url: str | None = Field(
        default=None,
        repr=False,
        description="URLs of NATS 2.10+ with JetStream, separated by commas; unset: the embedded one.",
    )
    nats_monitor_url: str | None = Field(
        default=None,
        description="URL of the monitoring port of NATS; readiness asks it whether acknowledged means on disk.",
    )
    nats_credentials: Path | None = Field(default=None, description="Credentials file (.creds) to log in to NATS with.")
    stream: str = Field(
        default="MDM_GOLDEN", pattern=r"^[A-Za-z0-9_-]+$", description="JetStream stream that holds the golden events."
    )
    stream_replicas: int = Field(default=1, ge=1, le=5, description="Replicas of the stream when it is created.")
    data_dir: Path = Field(
        default=Path(".mdm"), description="Folder of the embedded servers: data, logs, state; one hub at a time."
    )
    domains_dir: Path | None = Field(
        default=None, description="Folder of your own domain declarations, which add to and override the built-in ones."
    )
    mappings_dir: Path | None = Field(
        default=None, description="Folder of your own source mappings, which add to and override the built-in ones."
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8080, ge=0, le=65_535, description="Port the API listens on; 0 takes any free one.")
    workers: int = Field(default=2, ge=1, le=64, description="Processes that resolve deliveries under `mdm up`.")
    pool_size: int = Field(default=8, ge=1, le=200, description="Database connections each process keeps open.")
    chunk_size: int = Field(default=50, ge=1, le=50, description="Records resolved in one transaction.")
    max_body_bytes: int = Field(
        default=8 * 1024 * 1024, ge=1024, description="Largest request body the API reads, in bytes."
    )
    max_batch: int = Field(default=1_000, ge=1, le=10_000, description="Most records in one request.")
    max_wait_seconds: float = Field(
        default=30, ge=0, le=300, description="Longest time `Prefer: wait=n` is heeded, in seconds."
    )
    outbox_retention_days: int = Field(default=7, ge=1, description="Days a published event stays in the outbox.")
    stop_seconds: float = Field(
        default=20, gt=0, description="Time a process has to finish its work when the hub stops, in seconds."
    )
    kill_at: str | None = Field(
        default=None, description="For fault tests: the named point of the way at which a process kills itself."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log entry that is written."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto", description="`console` for people, `json` for machines; `auto`: console on a terminal."
    )

    @field_validator("postgres_dsn")
    @classmethod
    def _is_postgres_url(cls, dsn: str | None) -> str | None:
        if dsn is not None and not dsn.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return dsn

    @classmethod
    def load(cls, **given: Any) -> Self:
        """Read the environment; what is given here goes first. Raises InvalidInput naming the variable."""
        _refuse_unknown(os.environ.keys())
        try:
            return cls(**given)
        except ValidationError as error:
            raise _invalid(error) from None

    def having(self, **given: Any) -> Self:
        """Return these settings with some given anew; the environment is not read again."""
        try:
            return self.model_validate(self.model_dump(exclude_unset=True) | given)
        except ValidationError as error:
            raise _invalid(error) from None

    def environment(self) -> dict[str, str]:
        """Return the environment for a child process that is to have exactly these settings."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        ours = {name: value for name, value in self.model_dump(mode="json").items() if value is not None}
        return inherited | {variable(name): str(value) for name, value in ours.items()}


def variable(setting: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + setting.upper()


def _invalid(error: ValidationError) -> InvalidInput:
    lines = [f"{variable(str(found['loc'][0]))}: {found['msg']}" for found in error.errors(include_input=False)]
    return InvalidInput("\n".join(lines), hint="See docs/reference/settings.md.")


def _refuse_unknown(names: Iterable[str]) -> None:
    known = {variable(setting) for setting in Settings.model_fields}
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else "Unset it; docs/reference/settings.md lists all settings."
            raise InvalidInput(f"There is no setting {name}.", hint=hint)
