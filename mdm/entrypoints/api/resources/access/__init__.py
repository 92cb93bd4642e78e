"""People and services, their groups, roles, delegations and keys."""

from mdm.entrypoints.api.resources.access.delegations import Delegations
from mdm.entrypoints.api.resources.access.groups import Groups
from mdm.entrypoints.api.resources.access.keys import Keys
from mdm.entrypoints.api.resources.access.me import me
from mdm.entrypoints.api.resources.access.people import People

__all__ = ["Delegations", "Groups", "Keys", "People", "me"]
