"""Durable consumers as code: what a consumer must be like, how it differs, and making it so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import nats.errors
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from publishers.errors import NotReady
from publishers.jetstream.broker import JetStreamBroker
from publishers.jetstream.provision import Difference

MOST_UNSETTLED = 10_000
BEGINNING = frozenset({"filter_subjects", "deliver_policy"})  # what only a consumer that begins again can have anew


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerPlan:
    """A reader's place in a stream: it begins with all messages, or with the `newest` of every subject.

    No subjects are all of them. Without `ack_wait` (seconds) and `most_unsettled` the reader says how long it may take
    and for how much.
    """

    stream: str
    name: str
    subjects: tuple[str, ...] = ()
    newest: bool = False
    ack_wait: float | None = None
    most_unsettled: int | None = None

    def config(self) -> api.ConsumerConfig:
        """Return the plan in the server's words."""
        alone = self.subjects[0] if len(self.subjects) == 1 else None
        return api.ConsumerConfig(
            name=self.name,
            durable_name=self.name,
            filter_subject=alone,
            filter_subjects=None if alone else list(self.subjects) or None,
            deliver_policy=api.DeliverPolicy.LAST_PER_SUBJECT if self.newest else api.DeliverPolicy.ALL,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=self.ack_wait,
            max_ack_pending=self.most_unsettled or MOST_UNSETTLED,
            max_deliver=-1,
        )

    def difference(self, existing: api.ConsumerConfig) -> Difference:
        """Return what of an existing consumer is not as planned: setting → (is, shall be)."""
        pairs = {
            "filter_subjects": (_confined(_filters(existing)), _confined(self.subjects)),
            "deliver_policy": (existing.deliver_policy, self.config().deliver_policy),
            "ack_policy": (existing.ack_policy, api.AckPolicy.EXPLICIT),
            "max_deliver": (existing.max_deliver, -1),
            "ack_wait": (existing.ack_wait, self.ack_wait or existing.ack_wait),
            "max_ack_pending": (existing.max_ack_pending, self.most_unsettled or existing.max_ack_pending),
        }
        return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


def _filters(config: api.ConsumerConfig) -> Sequence[str]:
    return config.filter_subjects or ([config.filter_subject] if config.filter_subject else [])


def _confined(subjects: Sequence[str]) -> tuple[str, ...]:
    """Return the subjects in one order, none if they are all."""
    return () if ">" in subjects else tuple(sorted(subjects))


async def compare_consumer(broker: JetStreamBroker, plan: ConsumerPlan) -> Difference | None:
    """Return what provisioning would change, None if the consumer does not exist yet."""
    context = await broker.context()
    try:
        existing = await _existing(context, plan)
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise _not_ready(plan, error) from error
    return None if existing is None else plan.difference(existing)


async def provision_consumer(broker: JetStreamBroker, plan: ConsumerPlan, *, again: bool = False) -> Difference | None:
    """Create the consumer or change it to the plan, and return what was changed (None: created).

    With other subjects, or if told to, it begins `again`. Raises NotReady when the server does not allow it.
    """
    context = await broker.context()
    try:
        existing = await _existing(context, plan)
        difference = None if existing is None else plan.difference(existing)
        if existing is not None and difference is not None and not again and not BEGINNING & difference.keys():
            if difference:
                changed = {name: new for name, (_, new) in difference.items()}
                await context.add_consumer(plan.stream, existing.evolve(**changed))
            return difference
        if existing is not None:
            await context.delete_consumer(plan.stream, plan.name)
        await context.add_consumer(plan.stream, plan.config())
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise _not_ready(plan, error) from error
    return difference


async def _existing(context: JetStreamContext, plan: ConsumerPlan) -> api.ConsumerConfig | None:
    try:
        return cast("api.ConsumerConfig", (await context.consumer_info(plan.stream, plan.name)).config)
    except NotFoundError:
        return None


def _not_ready(plan: ConsumerPlan, error: Exception) -> NotReady:
    return NotReady(
        f"Consumer {plan.name} of stream {plan.stream} cannot be provisioned: {error}.",
        hint="Check that the stream exists and that this user may make consumers.",
    )
