"""When a pinned value gives way because a source says the same by now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from survivorship.claim import Claim, Override, freeze, identity, is_unspoken
from survivorship.intervals import START, Bound, elementary, in_force, sooner
from survivorship.ruling import Ruling
from survivorship.voices import voices


@dataclass(frozen=True, slots=True)
class Agreement:
    """A source that says what was pinned: the override gives way where the claim begins to hold (None: everywhere)."""

    override: str
    record: str
    since: datetime | None


def give_way(
    ruling: Ruling, claims: list[Claim], overrides: Iterable[Override]
) -> tuple[list[Override], list[Agreement]]:
    """Return what is left of the overrides, and the agreements that ended them."""
    left: list[Override] = []
    agreements: list[Agreement] = []
    for override in overrides:
        agreement = next(_agreements(ruling, claims, override), None)
        if agreement is None:
            left.append(override)
            continue
        agreements.append(agreement)
        if agreement.since is not None and (override.valid_from is None or override.valid_from < agreement.since):
            left.append(replace(override, valid_to=agreement.since))
    return left, agreements


def _agreements(ruling: Ruling, claims: list[Claim], override: Override) -> Iterator[Agreement]:
    """Yield who says the same since the override was made, while it holds; the earliest in valid time first."""
    if override.agreement is None:
        return
    pinned = freeze(identity(override))
    for start, end in elementary([*claims, override]):
        if not in_force([override], start, end):
            continue
        spoken = in_force(claims, start, end)
        for voice in sorted(voices(ruling, spoken), key=lambda voice: voice.record):
            named = not override.agreement or voice.source in override.agreement
            later = voice.asserted_at > override.made_at and not voice.echo and not is_unspoken(voice)
            if named and later and freeze(identity(voice)) == pinned and _is_timely(voice, spoken, override):
                yield Agreement(override.id, voice.record, None if start == START else start)


def _is_timely(voice: Claim, spoken: Iterable[Claim], override: Override) -> bool:
    """Tell whether a record speaks of more than what was past when it spoke, if the override goes on after that."""
    end: Bound = None
    for claim in spoken:
        if claim.record == voice.record:
            end = sooner(end, claim.valid_to)
    return end is None or end > voice.asserted_at or (override.valid_to is not None and override.valid_to <= end)
