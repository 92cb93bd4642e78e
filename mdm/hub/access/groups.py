"""Groups: their members hold the roles that are granted to the group."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mdm.core.ids import new_id
from mdm.core.security import Permission
from mdm.core.security.actor import EVERYTHING
from mdm.errors import AlreadyDecided, NameTaken, NotFound, UnknownGroup
from mdm.hub.access.principals import administered, check_name, grant_details, new_grant
from mdm.hub.action_log import log_action
from mdm.store.people import groups, principals
from mdm.store.tables import GroupMember, Principal, PrincipalGroup, RoleGrant
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group with its roles and the members that were added to it."""

    group: PrincipalGroup
    grants: Sequence[RoleGrant]
    members: Sequence[Principal]


def create_group(
    work: Work,
    *,
    name: str,
    display_name: str | None = None,
    external_name: str | None = None,
    reason: str | None = None,
) -> PrincipalGroup:
    """Make a group; `external_name` is what the identity provider calls it in its tokens."""
    work.actor.require_everywhere(Permission.ADMINISTER)
    check_name(name)
    check_name(display_name or name, path="display_name")
    if external_name is not None:
        check_name(external_name, path="external_name")
    principals.lock_names(work.session)
    if groups.is_taken(work.session, name=name, external_name=external_name):
        raise NameTaken(f"There is a group {name}, or one which the identity provider calls {external_name}.")
    group = PrincipalGroup(
        id=new_id(),
        name=name,
        display_name=display_name or name,
        external_name=external_name,
        created_by=work.actor.name,
        created_at=work.now,
    )
    principals.add(work.session, group)
    _log(work, "group.created", group, reason=reason, details={"external_name": external_name})
    return group


def list_groups(work: Work) -> Sequence[PrincipalGroup]:
    """Return all groups by name."""
    work.actor.require_everywhere(Permission.ADMINISTER)
    return groups.every(work.session)


def show_group(work: Work, group_id: UUID) -> ShownGroup:
    """Return a group with its roles and members."""
    group = _administered(work, group_id, lock=False)
    granted = principals.grants_of(work.session, group=group.id)
    return ShownGroup(group, granted, groups.members(work.session, group.id))


def dissolve_group(work: Work, group_id: UUID, *, reason: str | None = None) -> None:
    """Remove a group: its members lose the roles they had by it."""
    shown = show_group(work, group_id)
    groups.dissolve(work.session, group_id)
    details = {"members": [member.name for member in shown.members], "roles": [g.role for g in shown.grants]}
    _log(work, "group.dissolved", shown.group, reason=reason, details=details)


def add_member(work: Work, group_id: UUID, principal_id: UUID, *, reason: str | None = None) -> None:
    """Let a principal belong to a group."""
    group, principal = _administered(work, group_id), administered(work, principal_id)
    if principal.id in {member.id for member in groups.members(work.session, group.id)}:
        raise AlreadyDecided(f"{principal.name} belongs to {group.name} already.")
    member = GroupMember(group_id=group.id, principal_id=principal.id, added_by=work.actor.name, added_at=work.now)
    principals.add(work.session, member)
    _log(work, "group.member_added", group, reason=reason, details={"member": principal.name})


def remove_member(work: Work, group_id: UUID, principal_id: UUID, *, reason: str | None = None) -> None:
    """Take a principal out of a group."""
    group, principal = _administered(work, group_id), administered(work, principal_id)
    if not groups.remove_member(work.session, group.id, principal.id):
        hint = "Who belongs to it by the identity provider's token is removed there."
        raise NotFound(f"{principal.name} was not added to {group.name}.", hint=hint)
    _log(work, "group.member_removed", group, reason=reason, details={"member": principal.name})


def grant_group_role(
    work: Work,
    group_id: UUID,
    *,
    role: str,
    domains: Collection[str] = (EVERYTHING,),
    sites: Collection[str] = (EVERYTHING,),
    reason: str | None = None,
) -> RoleGrant:
    """Give the members of a group a role, on these domains and sites."""
    group = _administered(work, group_id)
    grant = new_grant(work, role=role, domains=domains, sites=sites)
    grant.group_id = group.id
    principals.add(work.session, grant)
    _log(work, "role.granted", group, reason=reason, details=grant_details(grant))
    return grant


def withdraw_group_role(work: Work, group_id: UUID, grant_id: UUID, *, reason: str | None = None) -> None:
    """Take a role from a group."""
    group = _administered(work, group_id)
    granted = {g.id: g for g in principals.grants_of(work.session, group=group.id)}
    if grant_id not in granted or not principals.withdraw(work.session, grant_id, group=group.id):
        raise NotFound(f"{group.name} has no role {grant_id}.")
    _log(work, "role.withdrawn", group, reason=reason, details=grant_details(granted[grant_id]))


def _administered(work: Work, group_id: UUID, *, lock: bool = True) -> PrincipalGroup:
    work.actor.require_everywhere(Permission.ADMINISTER)
    group = groups.get(work.session, group_id, lock=lock)
    if group is None:
        raise UnknownGroup(f"There is no group {group_id}.")
    return group


def _log(
    work: Work, action: str, group: PrincipalGroup, *, reason: str | None, details: Mapping[str, Any] | None = None
) -> None:
    told = {"group": group.name, **(details or {})}
    log_action(work, action=action, subject=f"group/{group.id}", reason=reason, details=told)
