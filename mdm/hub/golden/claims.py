"""What the linked source records assert about a master."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mdm.hub.golden.judged import PLAIN, pieces
from mdm.store.rows import Row
from survivorship import Claim, Kind, intervals


def claims_of(links: Sequence[Row]) -> list[Claim]:
    """Return the claims of a master's current links.

    A deleted record stops claiming when it was deleted, unless no record is left then: the values of the last ones
    are kept.
    """
    return [claim for link, until in _heard(links) for claim in _claims(link, until=until)]


def deleted_claims(links: Sequence[Row]) -> list[Claim]:
    """Return what records would claim had they not been deleted, as claims that bring no value.

    They change nothing in what survives, but say why a record is not heard.
    """
    return [
        replace(claim, value=None, std=None, kind=Kind.DELETED, findings=(), valid_from=start)
        for link, until in _heard(links)
        if until is not None
        for claim in _claims(link, until=None)
        if (start := max(claim.valid_from or until, until)) < (claim.valid_to or intervals.END)
    ]


def _heard(links: Sequence[Row]) -> list[tuple[Row, datetime | None]]:
    """Return the linked records, and until when they are heard (None: for ever)."""
    linked = [link for link in links if link.linked]
    ends = [link.ended_at for link in linked]
    last = max(ends) if all(end is not None for end in ends) and ends else None
    return [(link, None if link.ended_at == last else link.ended_at) for link in linked]


def record_name(link: Row) -> str:
    """Return the stable name of a source record, as provenance quotes it."""
    return f"{link.source}/{link.source_key}"


def _claims(link: Row, *, until: datetime | None) -> Iterator[Claim]:
    record, arrival = record_name(link), link.state["order"][2]
    segments: Mapping[str, list[list[Any]]] = link.state["claims"]
    for attribute, stretches in segments.items():
        cut = pieces(stretches) if max(map(len, stretches)) > PLAIN else stretches
        for start, end, value, std, findings, said_at, _dated, absent, *withheld in cut:
            if absent:
                continue
            valid_from = datetime.fromisoformat(start)
            valid_to = None if end is None else datetime.fromisoformat(end)
            if until is not None:
                if valid_from >= until:
                    continue
                valid_to = until if valid_to is None else min(valid_to, until)
            yield Claim(
                source=link.source,
                record=record,
                attribute=attribute,
                value=value,
                std=std,
                kind=Kind.EMPTY if value is None else Kind.WITHHELD if withheld and withheld[0] else Kind.SUPPLIED,
                valid_from=valid_from,
                valid_to=valid_to,
                asserted_at=datetime.fromisoformat(said_at),
                order=arrival,
                findings=tuple(findings),
            )
