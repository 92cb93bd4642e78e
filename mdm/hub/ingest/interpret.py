"""What a delivery's bytes say, or why they cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mdm.core.domains import Catalog, Domain, standardize_record
from mdm.core.ids import digest
from mdm.core.standardize import Standard
from mdm.errors import FutureSourceTime, InvalidAttributes, MdmError, UnknownSource
from mdm.hub.ingest.fold import UNVERSIONED, Order, Said
from mdm.sources import Registry, SourceFact
from mdm.store.records import RecordName
from mdm.store.rows import Row
from mdm.store.tables import Fact

AHEAD = timedelta(minutes=5)
CANONICAL = "canonical"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A delivery understood: the fact it carries and the same, standardized."""

    delivery: Row
    name: RecordName
    fact: SourceFact
    said: Said
    digest: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery that must be set aside."""

    delivery: Row
    error: MdmError
    name: RecordName | None = None


def interpret(delivery: Row, *, catalog: Catalog, registry: Registry, now: datetime) -> Parsed | Refused:
    """Read a delivery by its feed and standardize what it says."""
    name = None
    try:
        feed = registry.feed(delivery.source, delivery.feed or CANONICAL)
        fact = feed.interpret(delivery.raw, delivery.context or {})
        name = RecordName(fact.domain, fact.source, fact.key)
        domain = catalog.domain(fact.domain)
        _check_source(domain, fact.source)
        _check_time(fact, now)
        said = say(
            fact,
            _standardized(domain, fact),
            received_at=delivery.received_at,
            arrival=delivery.id,
            time_trusted=domain.sources[fact.source].time_trusted,
        )
    except MdmError as error:
        return Refused(delivery, error, name)
    return Parsed(delivery, name, fact, said, content_digest(fact))


def say(
    fact: SourceFact | Fact | Row,
    values: Mapping[str, Standard],
    *,
    received_at: datetime,
    arrival: int,
    time_trusted: bool,
) -> Said:
    """Place a fact in the order of its record and in valid time."""
    given_at = fact.source_time or received_at
    starts = fact.effective_from or (given_at if time_trusted else received_at)
    return Said(
        order=Order(UNVERSIONED if fact.version is None else fact.version, utc(given_at), arrival),
        operation=fact.operation,
        valid_from=utc(starts),
        dated=fact.effective_from is not None,
        replace=fact.replace,
        said_at=utc(given_at),
        values=values,
        master_id=fact.master_id,
    )


def utc(instant: datetime) -> str:
    """Write an instant so that text sorts as time does."""
    return instant.astimezone(UTC).isoformat()


def content_digest(fact: SourceFact) -> str:
    """Return the digest by which two facts of one source version are the same."""
    effective = fact.effective_from and utc(fact.effective_from)
    return digest([fact.operation, effective, fact.replace, fact.master_id, fact.attributes])


def _standardized(domain: Domain, fact: SourceFact) -> dict[str, Standard]:
    try:
        return standardize_record(domain, fact.attributes)
    except InvalidAttributes as error:
        path = f"attributes.{error.details.get('path', '')}"
        raise InvalidAttributes(error.message, hint=error.hint, **(error.details | {"path": path})) from error


def _check_source(domain: Domain, source: str) -> None:
    if source not in domain.sources:
        raise UnknownSource(
            f"Domain {domain.name} has no source {source}.",
            hint=f"Its sources are {', '.join(domain.sources)}; add it under `sources` of the declaration.",
        )


def _check_time(fact: SourceFact, now: datetime) -> None:
    """Refuse what has not happened yet; once its time has come, it can be replayed."""
    if fact.source_time is not None and fact.source_time > now + AHEAD:
        raise FutureSourceTime(
            f"The source time {utc(fact.source_time)} lies in the future; it is {utc(now)}.",
            hint="Check the source's clock and the time zone of the mapping; use effective_from for future values.",
        )
