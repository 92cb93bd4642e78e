"""Whether that is too much: what is counted against the limits that a source has in a domain, in words and figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mdm.core.domains.declaration import HoldDeclaration, MessageHoldDeclaration
from mdm.hub.ingest.holding.differences import Kind
from mdm.hub.ingest.holding.tally import UNREADABLE, Comparison, Tally
from mdm.store.ingest.source_holds import Counted

BLANKED = "blanked"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is held: `count` of `of` is more than the share `limit`; `text` says it."""

    what: str
    text: str
    domain: str | None = None
    attribute: str | None = None
    count: int = 0
    of: int = 0
    limit: float = 1.0


def of_load(compared: Comparison, *, holds: Mapping[str, HoldDeclaration], living: Mapping[str, int]) -> list[Reason]:
    """Return why a load must be held, the worst first; `living` counts the source's records by domain."""
    reasons = [
        r for name, tally in compared.domains.items() for r in _of_domain(name, tally, holds[name], living[name])
    ]
    strict = list(holds.values()) or [HoldDeclaration()]
    limit, least = min(h.unreadable for h in strict), min(h.at_least for h in strict)
    if _exceeds(compared.unreadable, compared.rows, limit=limit, least=least):
        figures = _figures(compared.unreadable, compared.rows)
        text = f"{figures} rows cannot be used (limit {limit:.0%})."
        reasons.append(Reason(UNREADABLE, text, None, None, compared.unreadable, compared.rows, limit))
    return sorted(reasons, key=lambda r: (-r.count / r.of, r.what, r.attribute or ""))


def _of_domain(domain: str, tally: Tally, hold: HoldDeclaration, living: int) -> Iterator[Reason]:
    for kind, limit, does in (
        (Kind.DELETED, hold.deleted, "are deleted"),
        (Kind.CHANGED, hold.changed, "change"),
    ):
        if _exceeds(tally.records[kind], living, limit=limit, least=hold.at_least):
            yield _reason(kind, domain, None, tally.records[kind], living, limit, f"known records {does}")
    for name, count in tally.blanked.items():
        if _exceeds(count, tally.had[name], limit=hold.blanked, least=hold.at_least):
            said = f"known records in the load lose their {name}"
            yield _reason(BLANKED, domain, name, count, tally.had[name], hold.blanked, said)
    for name, limit in hold.attributes.items():
        count = tally.changed[name]
        if _exceeds(count, living, limit=limit, least=hold.at_least):
            yield _reason(Kind.CHANGED, domain, name, count, living, limit, f"known records change their {name}")


def of_messages(counted: Counted, hold: MessageHoldDeclaration) -> list[Reason]:
    """Return why what a source sends singly must be held; the counts are those of its window."""
    return [
        _reason(what, counted.domain, None, count, counted.records, limit, said)
        for what, count, limit, said in (
            (Kind.DELETED, counted.deleted, hold.deleted, "records that were spoken of are deleted"),
            (Kind.CHANGED, counted.changed, hold.changed, "records that were spoken of change"),
            (BLANKED, counted.blanked, hold.blanked, "records that were spoken of lose a value"),
        )
        if _exceeds(count, counted.records, limit=limit, least=hold.at_least)
    ]


def _reason(what: str, domain: str, attribute: str | None, count: int, of: int, limit: float, said: str) -> Reason:
    text = f"{_figures(count, of)} {said} (limit {limit:.0%})."
    return Reason(str(what), text, domain, attribute, count, of, limit)


def _figures(count: int, of: int) -> str:
    return f"{count / of:.0%} of {of:,}"


def _exceeds(count: int, of: int, *, limit: float, least: int) -> bool:
    return of > 0 and count >= least and count > limit * of
