"""What a hub is told from outside: the only reader of the environment (variables `MDM_…`)."""

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mdm.errors import InvalidInput

PREFIX = "MDM_"
ASYMMETRIC = frozenset({"RS256", "PS256", "ES256", "EdDSA"})


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
        description="URLs of the monitoring ports of all NATS servers, separated by commas; readiness asks them whether"
        " acknowledged means on disk.",
    )
    nats_credentials: Path | None = Field(
        default=None, description="File to log in to NATS with: .creds, or the seed of an nkey."
    )
    stream: str = Field(
        default="MDM_GOLDEN", pattern=r"^[A-Za-z0-9_-]+$", description="JetStream stream that holds the golden events."
    )
    audit_stream: str = Field(
        default="MDM_AUDIT",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="JetStream stream that holds the seals of the action log.",
    )
    delivery_stream: str = Field(
        default="MDM_DELIVERIES",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="JetStream stream that keeps deliveries of sources until the hub has committed them.",
    )
    plants: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9_-]*( *, *[A-Za-z0-9_-]+)*$",
        description="JetStream domains of the leaf nodes in plants whose deliveries are fetched and that get a copy of"
        " the golden stream, separated by commas.",
    )
    plant_domains: str = Field(
        default="",
        pattern=r"^[a-z0-9_-]*( *, *[a-z0-9_-]+)*$",
        description="Domains of master data whose events plants get a copy of, separated by commas; unset: all.",
    )
    replay_stream: str = Field(
        default="MDM_REPLAY",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="JetStream stream that takes the copies of events a replay makes.",
    )
    replay_approval_above: int = Field(
        default=10_000, ge=0, description="Masters above which a replay waits until another person has approved it."
    )
    dead_letter_stream: str = Field(
        default="MDM_DEAD_LETTERS",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="JetStream stream that keeps what the server says of messages subscribers gave up.",
    )
    stream_replicas: int = Field(
        default=1, ge=1, le=5, description="Replicas of every stream; an existing one is changed by provisioning."
    )
    stream_max_bytes: int | None = Field(
        default=None,
        ge=1,
        description="Bytes the stream of golden events may take before it refuses more; unset: what the store holds.",
    )
    data_dir: Path = Field(
        default=Path(".mdm"), description="Folder of the embedded servers: data, logs, state; one hub at a time."
    )
    audit_key: Path | None = Field(
        default=None,
        description="File of the Ed25519 private key (PEM) that signs seals of the action log; unset: `audit-key.pem`"
        " in the data folder, made when first needed.",
    )
    audit_trusted: Path | None = Field(
        default=None,
        description="File of other public keys (PEM, one after another) whose seals count too: those of earlier keys.",
    )
    domains_dir: Path | None = Field(
        default=None, description="Folder of your own domain declarations, which add to and override the built-in ones."
    )
    mappings_dir: Path | None = Field(
        default=None, description="Folder of your own source mappings, which add to and override the built-in ones."
    )
    installation: str = Field(
        default="mdm",
        pattern=r"^[A-Za-z0-9_.-]{1,100}$",
        description="Name of this installation in the releases that others get of it.",
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
    simulation_processes: int = Field(
        default=2, ge=1, le=64, description="Processes that try a release on live data beside each other."
    )
    simulation_sample: int = Field(
        default=20_000,
        ge=100,
        description="Records about as many as a simulation looks at for new pairs; of fewer it looks at all.",
    )
    task_lease_minutes: int = Field(
        default=15, ge=1, le=480, description="Minutes a steward has a task to himself after taking it."
    )
    relay_lease_seconds: float = Field(
        default=9,
        gt=0,
        le=300,
        description="Silence of a relay after which a standby takes over, in seconds; it takes a second or two more.",
    )
    backlog_limit: int = Field(
        default=200_000,
        ge=1,
        description="Events awaiting publishing above which loads wait until half of them are out.",
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

    oidc_issuer: str | None = Field(
        default=None, description="Issuer of the OpenID Connect provider whose access tokens are taken; unset: none."
    )
    oidc_audience: str | None = Field(default=None, description="Audience that access tokens must be for.")
    oidc_algorithms: str = Field(
        default="RS256,PS256,ES256,EdDSA",
        description="Algorithms access tokens may be signed with, separated by commas; no others than these.",
    )
    oidc_name_claim: str = Field(
        default="preferred_username", description="Claim that names a person when first seen; `a.b` reaches inside."
    )
    oidc_display_name_claim: str = Field(default="name", description="Claim with the name people read.")
    oidc_roles_claim: str = Field(default="roles", description="Claim with the provider's roles.")
    oidc_roles: str = Field(
        default="",
        description="What the provider's roles mean here: `theirs=ours`, separated by commas; others: nothing.",
    )
    oidc_groups_claim: str = Field(
        default="groups", description="Claim with the provider's groups; a group's external name is one of them."
    )
    oidc_provision: bool = Field(default=True, description="Make a person at the first valid token of theirs.")
    oidc_leeway_seconds: float = Field(
        default=30, ge=0, le=300, description="How far the provider's clock may be off, in seconds."
    )
    oidc_keys_seconds: float = Field(
        default=300, ge=30, le=86_400, description="Age at which the provider's keys are renewed, in seconds."
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _is_safe_issuer(cls, issuer: str | None) -> str | None:
        if issuer is not None and not re.match(
            r"https://[^/?#]|http://(localhost|127\.0\.0\.1|\[::1\])(:|/|$)", issuer
        ):
            raise ValueError("must begin with https://")
        return issuer

    @field_validator("oidc_algorithms")
    @classmethod
    def _are_asymmetric(cls, algorithms: str) -> str:
        if not set(_listed(algorithms)) <= ASYMMETRIC or not _listed(algorithms):
            raise ValueError(f"must be some of {', '.join(sorted(ASYMMETRIC))}")
        return algorithms

    @field_validator("oidc_roles")
    @classmethod
    def _are_pairs(cls, roles: str) -> str:
        if any(not all(map(str.strip, pair.rpartition("=")[::2])) for pair in _listed(roles)):
            raise ValueError("must be pairs `theirs=ours`, separated by commas")
        return roles

    @model_validator(mode="after")
    def _has_an_audience(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            raise ValueError("MDM_OIDC_ISSUER and MDM_OIDC_AUDIENCE are set together")
        return self

    @property
    def plant_list(self) -> tuple[str, ...]:
        """Return the JetStream domains of the plants."""
        return _listed(self.plants)

    @property
    def plant_domain_list(self) -> tuple[str, ...]:
        """Return the domains of master data whose events plants get; none: all."""
        return _listed(self.plant_domains)

    @property
    def oidc_algorithm_list(self) -> tuple[str, ...]:
        """Return the algorithms access tokens may be signed with."""
        return _listed(self.oidc_algorithms)

    @property
    def oidc_role_map(self) -> dict[str, str]:
        """Return the hub's role for each of the provider's."""
        pairs = (pair.rpartition("=") for pair in _listed(self.oidc_roles))
        return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}

    @field_validator("postgres_dsn")
    @classmethod
    def _is_postgres_url(cls, dsn: str | None) -> str | None:
        if dsn is not None and not dsn.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return dsn

    @property
    def audit_key_file(self) -> Path:
        """Where the key is that signs seals of the action log."""
        return self.audit_key or self.data_dir / "audit-key.pem"

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


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in map(str.strip, text.split(",")) if part)


def _invalid(error: ValidationError) -> InvalidInput:
    lines = [
        f"{variable(str(found['loc'][0]))}: {found['msg']}" if found["loc"] else found["msg"]
        for found in error.errors(include_input=False)
    ]
    return InvalidInput("\n".join(lines), hint="See docs/reference/settings.md.")


def _refuse_unknown(names: Iterable[str]) -> None:
    known = {variable(setting) for setting in Settings.model_fields}
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else "Unset it; docs/reference/settings.md lists all settings."
            raise InvalidInput(f"There is no setting {name}.", hint=hint)
