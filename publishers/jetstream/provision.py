"""Streams as code: what a stream must be like, how it differs, and making it so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import nats.errors
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from publishers.errors import NotReady
from publishers.jetstream.broker import JetStreamBroker
from publishers.jetstream.connection import reason

Difference = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPlan:
    """A stream that refuses what it cannot keep instead of dropping what it has.

    Beyond `max_messages_per_subject` the oldest of that subject goes, beyond `max_age` seconds (0: never) any message,
    of a `work_queue` each one that was acknowledged; beyond `max_bytes` nothing new is stored.
    """

    name: str
    subjects: tuple[str, ...]
    max_messages_per_subject: int = 64
    max_bytes: int = -1
    replicas: int = 1
    duplicate_window: float = 120.0
    max_age: float = 0.0
    work_queue: bool = False

    def config(self) -> api.StreamConfig:
        """Return the plan in the server's words."""
        return api.StreamConfig(
            name=self.name,
            subjects=list(self.subjects),
            max_msgs_per_subject=self.max_messages_per_subject,
            max_bytes=self.max_bytes,
            num_replicas=self.replicas,
            duplicate_window=self.duplicate_window,
            max_age=self.max_age,
            retention=api.RetentionPolicy.WORK_QUEUE if self.work_queue else api.RetentionPolicy.LIMITS,
            storage=api.StorageType.FILE,
            discard=api.DiscardPolicy.NEW,
            deny_delete=True,
            allow_direct=True,
        )

    def difference(self, existing: api.StreamConfig) -> Difference:
        """Return what of an existing stream is not as planned: setting → (is, shall be)."""
        wanted = self.config()
        names = [name for name in wanted.as_dict() if name in SETTINGS]
        pairs = {name: (getattr(existing, name), getattr(wanted, name)) for name in names}
        return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


SETTINGS = frozenset(
    {
        "subjects", "max_msgs_per_subject", "max_bytes", "max_age", "num_replicas", "duplicate_window", "retention",
        "storage", "discard", "deny_delete", "allow_direct",
    }
)  # fmt: skip


async def compare(broker: JetStreamBroker, plan: StreamPlan) -> Difference | None:
    """Return what provisioning would change, None if the stream does not exist yet."""
    context = await broker.context()
    try:
        existing = await _existing(context, plan.name)
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise NotReady(
            f"Stream {plan.name} cannot be looked at: {reason(error)}.", hint="Check that JetStream is on."
        ) from error
    return None if existing is None else plan.difference(existing)


async def provision(broker: JetStreamBroker, plan: StreamPlan) -> Difference | None:
    """Create the stream or change it to the plan, and return what was changed (None: created).

    Raises NotReady when the server does not allow it, e.g. changing the storage of a stream.
    """
    context = await broker.context()
    try:
        existing = await _existing(context, plan.name)
        if existing is None:
            await context.add_stream(plan.config())
            return None
        difference = plan.difference(existing)
        if difference:
            await context.update_stream(existing.evolve(**{name: new for name, (_, new) in difference.items()}))
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise NotReady(
            f"Stream {plan.name} cannot be provisioned: {reason(error)}.",
            hint="Check that JetStream is enabled, its limits, and that no other stream has these subjects.",
        ) from error
    return difference


async def _existing(context: JetStreamContext, name: str) -> api.StreamConfig | None:
    try:
        return (await context.stream_info(name)).config
    except NotFoundError:
        return None
