"""Golden records over valid time: how the tracks of attributes become slices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from survivorship.claim import JSON
from survivorship.intervals import between, opened

Provenance = dict[str, JSON]  # {"record": one record id, or all of a union's, "rule": what decided}
Segment = tuple[datetime, datetime, dict[str, JSON], Provenance]  # one unit's values over an interval
Track = list[Segment]  # in time order, without overlaps


@dataclass(slots=True)
class Slice:
    """The surviving attributes over [valid_from, valid_to); None is an open end."""

    valid_from: datetime | None
    valid_to: datetime | None
    attributes: dict[str, JSON]
    provenance: dict[str, Provenance]


def zip_tracks(tracks: Sequence[Track]) -> tuple[Slice, ...]:
    """Lay the tracks side by side: one slice wherever any unit has values, equal neighbours joined into one."""
    bounds = [bound for track in tracks for segment in track for bound in segment[:2]]
    cursors = [0] * len(tracks)
    slices: list[tuple[datetime, datetime, dict[str, JSON], dict[str, Provenance]]] = []
    for start, end in between(bounds):
        attributes: dict[str, JSON] = {}
        provenance: dict[str, Provenance] = {}
        for number, track in enumerate(tracks):
            cursor = cursors[number]
            if cursor < len(track) and track[cursor][1] <= start:
                cursor = cursors[number] = cursor + 1
            if cursor < len(track) and track[cursor][0] <= start:
                values, origin = track[cursor][2:]
                attributes |= values
                for name in values:
                    provenance[name] = origin
        if not attributes:
            continue
        if slices and slices[-1][1] == start and slices[-1][2] == attributes and slices[-1][3] == provenance:
            start = slices.pop()[0]  # noqa: PLW2901  the slice goes on
        slices.append((start, end, attributes, provenance))
    return tuple(Slice(*opened((start, end)), a, p) for start, end, a, p in slices)
