"""`mdm nats provision`: shows how streams and consumers differ from what they must be, and makes them so."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from mdm import streams
from mdm.core.yaml_file import suggestion
from mdm.entrypoints.cli.connection import nats_url_of
from mdm.entrypoints.cli.publishing.nats.asking import agreed
from mdm.entrypoints.cli.publishing.nats.parties import Parties
from mdm.errors import InvalidInput
from mdm.settings import Settings
from publishers.jetstream import (
    BEGINNING,
    ConsumerPlan,
    JetStreamBroker,
    StreamPlan,
    compare,
    compare_consumer,
    provision,
    provision_consumer,
)

DONE, NOT_DONE = 0, 1


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not as planned, told in lines, and how to make it so."""

    lines: tuple[str, ...]
    make: Callable[[], Awaitable[object]]


async def provision_all(settings: Settings, parties: Parties, *, again: Collection[str], sure: bool) -> int:
    """Show what differs, ask, and change it; raises NotReady when the server does not allow it."""
    for name in again:
        if name not in parties.subscribers:
            raise InvalidInput(
                f"There is no subscriber {name} in the file of parties.", hint=suggestion(name, parties.subscribers)
            )
    url = nats_url_of(settings)
    async with JetStreamBroker(url, settings.stream, name="mdm-nats", credentials=settings.nats_credentials) as broker:
        changes = await _changes(broker, settings, parties, again=again)
        for change in changes:
            print("\n".join(change.lines))
        if not changes:
            print("Streams and consumers are as they must be.")
            return DONE
        if not agreed("Make these changes?", sure=sure):
            print("Nothing was changed.")
            return NOT_DONE
        for change in changes:
            await change.make()
        print(f"Done: {len(changes)} changed.")
    return DONE


async def _changes(
    broker: JetStreamBroker, settings: Settings, parties: Parties, *, again: Collection[str]
) -> list[Change]:
    changes = []
    for plan in streams.every(settings):
        difference = await compare(broker, plan)
        if difference != {}:
            changes.append(Change(tuple(_told_stream(plan, difference)), partial(provision, broker, plan)))
    for consumer in _consumers(settings, parties):
        anew = consumer.name in again
        difference = await compare_consumer(broker, consumer)
        if anew or difference != {}:
            changes.append(
                Change(
                    tuple(_told_consumer(consumer, difference, anew=anew)),
                    partial(provision_consumer, broker, consumer, again=anew),
                )
            )
    return changes


def _consumers(settings: Settings, parties: Parties) -> list[ConsumerPlan]:
    own = [streams.intake(settings), streams.collector(settings)]
    subscribers = parties.subscribers.items()
    return own + [
        plan for name, party in subscribers for plan in streams.subscriber(settings, name, domains=party.domains)
    ]


def _told_stream(plan: StreamPlan, difference: Mapping[str, tuple[Any, Any]] | None) -> Iterator[str]:
    yield f"stream {plan.name}"
    if difference is None:
        yield f"  is missing: made on {', '.join(plan.subjects)} with {plan.replicas} replicas"
    else:
        yield from _told(difference)


def _told_consumer(
    plan: ConsumerPlan, difference: Mapping[str, tuple[Any, Any]] | None, *, anew: bool
) -> Iterator[str]:
    yield f"consumer {plan.name} of {plan.stream}"
    if difference is None:
        yield f"  is missing: made on {', '.join(plan.subjects) or 'all subjects'}"
        return
    yield from _told(difference)
    if anew or BEGINNING & difference.keys():
        yield "  begins again"


def _told(difference: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
    for setting, (old, new) in difference.items():
        yield f"  {setting}: {_shown(old)} → {_shown(new)}"


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "all"
    return str(getattr(value, "value", value))
