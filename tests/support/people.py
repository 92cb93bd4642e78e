"""People of a hub under test, made in few words."""

from dataclasses import dataclass
from typing import Any

from mdm.core.security import Actor
from mdm.hub.access import authenticate, create_key
from mdm.hub.access.directory import find_principal
from mdm.hub.access.principals import create_principal, grant_role
from tests.support.hubs import HubUnderTest


@dataclass
class People:
    """The people of a hub, by name."""

    hub: HubUnderTest

    def make(self, name: str, *roles: str, **scope: Any) -> None:
        """Make a person who holds these roles."""
        with self.hub.hub.begin() as work:
            person = create_principal(work, name=name)
            for role in roles:
                grant_role(work, person.id, role=role, **scope)

    def actor(self, name: str, purpose: str = "main") -> Actor:
        """Authenticate a person with a new key."""
        with self.hub.hub.begin() as work:
            return authenticate(work, create_key(work, name=name, purpose=purpose)[1])

    def id(self, name: str) -> Any:
        """Return the id of a person."""
        with self.hub.hub.begin() as work:
            return find_principal(work, name).id

    def logged(self) -> list[tuple[str, str | None]]:
        """Return the actions that were logged about people, with their reasons, oldest first."""
        about = "SELECT action, reason FROM action_log WHERE action !~ '^(key|rules|release)' ORDER BY at, id"
        return [(action, reason) for action, reason in self.hub.rows(about)]
