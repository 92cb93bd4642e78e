"""Looking at masked values: allowed to few, never without a reason, and always logged."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.security import Actor, Permission
from mdm.core.yaml_file import suggestion
from mdm.errors import Forbidden, InvalidInput
from mdm.hub.action_log import log_action
from mdm.hub.golden.read import Located, locate
from mdm.hub.golden.sight import sight_of
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class Revealed:
    """Values of a golden record that were asked for; those it does not have are left out."""

    domain: str
    master_id: UUID
    version: int
    attributes: dict[str, Any]


def reveal(
    work: Work,
    domain_name: str,
    master_id: UUID,
    *,
    attributes: Collection[str],
    reason: str,
    valid_at: datetime | None = None,
) -> Revealed:
    """Return values whatever masks them, and log that they were looked at.

    Needs the permission to reveal, or the owner role of each attribute; raises Forbidden naming what is neither.
    """
    if not reason.strip():
        raise InvalidInput("Say why the values are needed.", path="reason")
    found = locate(work, domain_name, master_id, valid_at=valid_at)
    wanted = _checked(found.domain, attributes)
    closed = _closed(work.actor, found, wanted)
    if closed:
        hint = "Their owners see them, and who has the permission to reveal."
        raise Forbidden(f"{work.actor.name} may not look at {', '.join(closed)}.", hint=hint)
    master, number = found.version.master_id, found.version.version
    log_action(
        work,
        action="value.revealed",
        subject=f"{found.domain.name}/{master}",
        domain=found.domain.name,
        reason=reason,
        details={"attributes": wanted, "version": number},
    )
    whole = found.whole
    return Revealed(found.domain.name, master, number, {name: whole[name] for name in wanted if name in whole})


def _checked(domain: Domain, attributes: Collection[str]) -> list[str]:
    wanted = sorted(set(attributes))
    if not wanted:
        raise InvalidInput("Name the attributes.", path="attributes")
    for name in wanted:
        if name not in domain.attributes:
            hint = suggestion(name, domain.attributes)
            raise InvalidInput(f"{domain.name} has no attribute {name[:80]}.", hint=hint, path="attributes")
    return wanted


def _closed(actor: Actor, found: Located, wanted: Collection[str]) -> list[str]:
    """Return which of the attributes the actor may not look at."""
    if sight_of(actor, found.domain, Permission.REVEAL).reaches([found.whole]) and actor.may(
        Permission.REVEAL, domain=found.domain.name
    ):
        return []
    shown = found.domain.visible(actor, sites=found.domain.sites_of(found.whole))
    return [name for name in wanted if name not in shown]
