"""Who an access token stands for: the principal of its issuer and subject, made at first sight if that is wanted."""

from mdm.core.security import Actor
from mdm.core.security.claims import Identity
from mdm.errors import Deactivated, InvalidInput, NameTaken, NotProvisioned
from mdm.hub.access.holding import actor_of
from mdm.hub.access.principals import add_principal
from mdm.store.people import principals
from mdm.store.tables import Principal
from mdm.store.work import Work


def authenticate_identity(work: Work, identity: Identity, *, provision: bool) -> Actor:
    """Return the actor whom a verified token stands for, with the roles of its claims and those granted here.

    Raises NotProvisioned for who is not known here and is not to be made, Deactivated for who may no longer act.
    """
    principal = principals.find_of_provider(work.session, identity.issuer, identity.subject)
    if principal is None:
        principal = _provisioned(work, identity, provision=provision)
    if principal.deactivated_at is not None:
        raise Deactivated(f"{principal.name} is deactivated.", hint="An administrator can activate them again.")
    _remember(work, principal, identity)
    return actor_of(work, principal, claimed_roles=identity.roles, claimed_groups=identity.groups)


def _provisioned(work: Work, identity: Identity, *, provision: bool) -> Principal:
    link = "An administrator can link them: `mdm person link`."
    if not provision:
        raise NotProvisioned(f"{identity.name} has no access to this hub.", hint=link)
    try:
        return add_principal(
            work,
            name=identity.name,
            kind="person",
            display_name=identity.display_name,
            issuer=identity.issuer,
            subject=identity.subject,
            reason="First request with a token of the identity provider",
        )
    except NameTaken as error:
        made = principals.find_of_provider(work.session, identity.issuer, identity.subject)
        if made is not None:  # by another request meanwhile
            return made
        raise NotProvisioned(f"The name {identity.name} belongs to another account here.", hint=link) from error
    except InvalidInput as error:
        raise NotProvisioned("The token's name cannot be used here.", hint=link) from error


def _remember(work: Work, principal: Principal, identity: Identity) -> None:
    """Keep what the newest token says: whoever stands in for its holder holds what he would."""
    if principal.claimed_at is not None and principal.claimed_at >= identity.issued_at:
        return
    principal.claimed_roles, principal.claimed_groups = list(identity.roles), list(identity.groups)
    principal.claimed_at = identity.issued_at
    work.session.flush()
