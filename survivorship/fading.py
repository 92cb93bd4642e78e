"""The first day on which another value would win because trust has faded."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from survivorship.claim import Claim, freeze, identity
from survivorship.election import elect, standing
from survivorship.policy.trust import Beliefs
from survivorship.ruling import Ruling, candidates_of

LOOKS = 40  # at days on which another could win; after as many in vain the last one is named, to look again then
LAST_DAY = date.max.toordinal()


def next_winner_on(ruling: Ruling, claims: list[Claim], day: int) -> datetime | None:
    """Return when another of these claims (one per record) first wins by faded trust; None: never.

    Trust never grows by itself, so the winner is safe as long as it is believed more than the others are today: the
    day on which that ends is found by halving, and looked at. What is returned is exact, or too early after many
    looks in vain; never too late.
    """
    competing = standing(ruling, claims)
    winner = elect(ruling, competing, day=day).winner if len(competing) > 1 else None
    if ruling.beliefs is None or winner is None:
        return None
    same = freeze(identity(winner))
    champions = next(c for c in candidates_of(competing) if freeze(identity(c[0])) == same)
    rivals = _rivals(ruling.beliefs, competing, champions, day)
    if not rivals:
        return None
    settled = min(max(map(ruling.beliefs.settled, champions)), LAST_DAY)
    for _ in range(LOOKS):
        threshold = max(ruling.beliefs.on(rival, day) for rival in rivals)
        threatened = _first_not_above(ruling.beliefs, champions, threshold, day, settled)
        if threatened is None:
            return None
        day = threatened
        found = elect(ruling, competing, day=day).winner
        if found is None or freeze(identity(found)) != same:
            break
    return datetime.fromordinal(day).replace(tzinfo=UTC)


def _rivals(beliefs: Beliefs, competing: Sequence[Claim], champions: Sequence[Claim], day: int) -> list[Claim]:
    """Return the claims that are not sure to stay behind."""
    mine = set(map(id, champions))
    return [
        rival
        for rival in competing
        if id(rival) not in mine and not any(beliefs.never_above(rival, champion, day) for champion in champions)
    ]


def _first_not_above(
    beliefs: Beliefs, champions: Sequence[Claim], threshold: float, day: int, settled: int
) -> int | None:
    """Return the first day after `day` on which none of the champions is believed more than the threshold."""

    def above(at: int) -> bool:
        return any(beliefs.on(champion, at) > threshold for champion in champions)

    if settled <= day or above(settled):
        return None
    safe, threatened = day, settled
    while threatened - safe > 1:
        middle = (safe + threatened) // 2
        if above(middle):
            safe = middle
        else:
            threatened = middle
    return threatened
