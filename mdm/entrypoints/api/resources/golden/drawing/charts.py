"""What is drawn of a golden record: its attributes over valid time, or how the values of one became known."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from mdm.entrypoints.api.resources.golden.drawing.svg import Box, Chart
from mdm.hub.golden.history import History, Shown, Timeline


def of_timeline(timeline: Timeline) -> Chart:
    """Return a chart with a lane for every attribute, as known at one time."""
    names = sorted({name for s in timeline.slices for name in s.attributes})
    known = f"as recorded {_shown(timeline.recorded_at)} with version {timeline.version}"
    return Chart(
        title=f"{timeline.domain} {timeline.master_id}",
        description=f"Valid time goes across. There is a row for each of {len(names)} attributes, {known}.",
        rows=names,
        boxes=[box for row, name in enumerate(names) for box in _lane(row, name, timeline.slices)],
        reach=timeline.recorded_at,
    )


def of_history(history: History, name: str) -> Chart:
    """Return a chart in which recorded time goes down: a row from each instant at which the hub learned something."""
    known = {entry.known_from for entry in history.entries} | {entry.known_to for entry in history.entries}
    instants = sorted(instant for instant in known if instant is not None)
    if instants and not any(entry.known_to is None for entry in history.entries):
        instants.pop()  # with it the last value went
    rows = {instant: row for row, instant in enumerate(instants)}
    more = " Older values are not shown." if history.last is not None else ""
    return Chart(
        title=f"{name} of {history.domain} {history.master_id}",
        description=f"Valid time goes across, recorded time down: what was known from when on.{more}",
        rows=[_shown(instant) for instant in instants],
        boxes=[
            Box(
                first=rows[entry.known_from],
                last=len(rows) if entry.known_to is None else rows.get(entry.known_to, len(rows)),
                start=entry.valid_from,
                end=entry.valid_to,
                text=_value(entry.value),
                tip=_tip(name, entry.value, entry.provenance, entry.valid_from, entry.valid_to),
            )
            for entry in reversed(history.entries)
        ],
        reach=instants[-1] if instants else None,
    )


def _lane(row: int, name: str, slices: Sequence[Shown]) -> Iterator[Box]:
    """Yield the values of an attribute, joined over slices that say the same of it."""
    open_since: Shown | None = None
    for s, following in zip(slices, [*slices[1:], None], strict=True):
        if name not in s.attributes:
            continue
        first = open_since or s
        if following is not None and following.valid_from == s.valid_to and _same(name, s, following):
            open_since = first
            continue
        open_since = None
        value = s.attributes[name]
        tip = _tip(name, value, s.provenance[name], first.valid_from, s.valid_to)
        yield Box(row, row + 1, first.valid_from, s.valid_to, _value(value), tip)


def _same(name: str, one: Shown, other: Shown) -> bool:
    return name in other.attributes and (one.attributes[name], one.provenance[name]) == (
        other.attributes[name],
        other.provenance[name],
    )


def _tip(name: str, value: Any, origin: dict[str, Any], start: datetime | None, end: datetime | None) -> str:
    when = f"{'always' if start is None else _shown(start)} – {'open' if end is None else _shown(end)}"
    return f"{name}: {_value(value)}\n{when}\n{_value(origin.get('record'))}, {origin.get('rule')}"


def _value(value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(value, dict):
        return ", ".join(_value(part) for part in value.values() if part is not None)
    if isinstance(value, list):
        return "; ".join(_value(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value is None else str(value)


def _shown(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
