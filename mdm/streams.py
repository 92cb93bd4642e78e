"""What every stream of the hub must be like, by the settings."""

from collections.abc import Sequence
from dataclasses import replace

from mdm.hub import sealing
from mdm.hub.announce import SUBJECT
from mdm.hub.publishing import contracts
from mdm.settings import Settings
from publishers.jetstream import ConsumerPlan, MirrorPlan, StreamPlan

DELIVERIES = contracts.DELIVERIES
REPLAYS = contracts.REPLAYS
ANSWERS = "mdm.acks.v1"  # of the hub, to sources that want to hear what became of a delivery
ADVISORIES = "$JS.EVENT.ADVISORY.CONSUMER"
DAY = 86_400.0


def golden(settings: Settings) -> StreamPlan:
    """Return the stream of golden events: the last of every subject stay."""
    return StreamPlan(
        name=settings.stream,
        subjects=(f"{SUBJECT}.>",),
        replicas=settings.stream_replicas,
        max_bytes=settings.stream_max_bytes or -1,
    )


def audit(settings: Settings) -> StreamPlan:
    """Return the stream of the action log's seals: none of them ever goes."""
    return StreamPlan(
        name=settings.audit_stream,
        subjects=(f"{sealing.ROOT}.>",),
        replicas=settings.stream_replicas,
        max_messages_per_subject=-1,
    )


def deliveries(settings: Settings) -> StreamPlan:
    """Return the stream of what sources deliver: a message goes when the hub has committed it."""
    return StreamPlan(
        name=settings.delivery_stream,
        subjects=(f"{DELIVERIES}.>",),
        replicas=settings.stream_replicas,
        max_messages_per_subject=-1,
        duplicate_window=0.1,  # the least NATS takes: the hub knows message ids for ever, and tells sources apart
        work_queue=True,
    )


def plant_deliveries(settings: Settings) -> StreamPlan:
    """Return the stream in a plant that keeps its deliveries until the hub, which fetches them, has committed them."""
    return replace(deliveries(settings), replicas=1)


def golden_copy(settings: Settings) -> MirrorPlan:
    """Return the copy of the golden stream in a plant."""
    domains = settings.plant_domain_list
    return MirrorPlan(stream=settings.stream, subjects=tuple(f"{SUBJECT}.{domain}.*" for domain in domains or ("*",)))


def replay(settings: Settings) -> StreamPlan:
    """Return the stream of copies that replays make: they go after a week."""
    return StreamPlan(
        name=settings.replay_stream,
        subjects=(f"{REPLAYS}.>",),
        replicas=settings.stream_replicas,
        max_messages_per_subject=-1,
        max_age=7 * DAY,
    )


def dead_letters(settings: Settings) -> StreamPlan:
    """Return the stream of what the server says of messages that subscribers gave up."""
    return StreamPlan(
        name=settings.dead_letter_stream,
        subjects=(f"{ADVISORIES}.MAX_DELIVERIES.>", f"{ADVISORIES}.MSG_TERMINATED.>"),
        replicas=settings.stream_replicas,
        max_messages_per_subject=-1,
        max_age=30 * DAY,
    )


def intake(settings: Settings) -> ConsumerPlan:
    """Return the place of those who take deliveries in."""
    return ConsumerPlan(stream=settings.delivery_stream, name="mdm-intake", ack_wait=30.0, most_unsettled=2_000)


def collector(settings: Settings) -> ConsumerPlan:
    """Return the place of those who collect dead letters."""
    return ConsumerPlan(
        stream=settings.dead_letter_stream, name="mdm-dead-letters", ack_wait=30.0, most_unsettled=1_000
    )


def subscriber(settings: Settings, name: str, *, domains: Sequence[str]) -> tuple[ConsumerPlan, ...]:
    """Return the places of a subscriber: among the events of its domains (none: of all), and the copies for it."""
    subjects = tuple(f"{SUBJECT}.{domain}.>" for domain in domains) or (f"{SUBJECT}.>",)
    return (
        ConsumerPlan(stream=settings.stream, name=name, subjects=subjects, newest=True),
        ConsumerPlan(stream=settings.replay_stream, name=name, subjects=(f"{REPLAYS}.*.{name}.>",)),
    )


def every(settings: Settings) -> tuple[StreamPlan, ...]:
    """Return all streams."""
    return (golden(settings), audit(settings), deliveries(settings), replay(settings), dead_letters(settings))
