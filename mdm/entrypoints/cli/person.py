"""`mdm person`: make people and services, give them roles, link them to an identity provider, and end what they may."""

import argparse

from rich.table import Table

from mdm import bootstrap
from mdm.core.security import Grant
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.errors import InvalidInput, NotFound
from mdm.hub.access import directory, principals
from mdm.settings import Settings
from mdm.store.work import Work

PAGE = 1_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make a person or service that holds no role yet")
    add.add_argument("--service", action="store_true", help="it is no person")
    add.add_argument("--display-name", help="the name people read (default: NAME)")
    add.add_argument("--subject", help="how the identity provider of the settings names them (`sub`)")
    actions.add_parser("list", help="show all people and services")
    show = actions.add_parser("show", help="show what one of them holds")
    grant = actions.add_parser("grant", help="give a role")
    withdraw = actions.add_parser("withdraw", help="take a role, wherever it counts")
    for action in (grant, withdraw):
        action.add_argument("role", help="one of the hub's roles, or one that a domain declares")
    grant.add_argument("--domain", action="append", help="counts for this domain; may be given again (default: all)")
    grant.add_argument("--site", action="append", help="counts for this site; may be given again (default: all)")
    link = actions.add_parser("link", help="say how the identity provider of the settings knows them")
    link.add_argument("--subject", required=True, help="how it names them (`sub`)")
    deactivate = actions.add_parser("deactivate", help="end all they may do at once")
    activate = actions.add_parser("activate", help="let them act again")
    changing = (add, grant, withdraw, link, deactivate, activate)
    for action in (show, *changing):
        action.add_argument("name", help="the name they act under")
    for action in changing:
        action.add_argument("--reason", help="why, for the log")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    issuer = settings.oidc_issuer
    if getattr(arguments, "subject", None) is not None and issuer is None:
        raise InvalidInput("No identity provider is set.", hint="Set MDM_OIDC_ISSUER and MDM_OIDC_AUDIENCE.")
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub, hub.begin() as work:
        if arguments.action == "list":
            print_table(_people(work))
        elif arguments.action == "show":
            found = directory.find_principal(work, arguments.name)
            print_table(_roles(directory.show_principal(work, found.id).actor.grants))
        else:
            print(_change(work, arguments, issuer))
    return 0


def _change(work: Work, arguments: argparse.Namespace, issuer: str | None) -> str:
    """Change somebody and return what to say about it."""
    name, reason = arguments.name, arguments.reason
    if arguments.action == "add":
        principals.create_principal(
            work,
            name=name,
            kind="service" if arguments.service else "person",
            display_name=arguments.display_name,
            issuer=issuer if arguments.subject else None,
            subject=arguments.subject,
            reason=reason,
        )
        return f"{name} is made. Next: mdm person grant ROLE {name}"
    found = directory.find_principal(work, name).id
    if arguments.action == "grant":
        domains, sites = arguments.domain or ["*"], arguments.site or ["*"]
        principals.grant_role(work, found, role=arguments.role, domains=domains, sites=sites, reason=reason)
        return f"{name} holds {arguments.role}."
    if arguments.action == "withdraw":
        granted = [g.id for g in directory.show_principal(work, found).grants if g.role == arguments.role]
        if not granted:
            raise NotFound(f"{name} was not given {arguments.role}.", hint="Roles of a group are withdrawn there.")
        for grant in granted:
            principals.withdraw_role(work, found, grant, reason=reason)
        return f"{name} no longer holds {arguments.role}."
    if arguments.action == "link":
        principals.link_identity(work, found, issuer=str(issuer), subject=arguments.subject, reason=reason)
        return f"{name} is linked."
    change = principals.deactivate if arguments.action == "deactivate" else principals.activate
    change(work, found, reason=reason)
    return f"{name} is {arguments.action}d."


def _people(work: Work) -> Table:
    listed = table("Name", "Kind", "Display name", "Identity", "State")
    found = directory.list_principals(work, limit=PAGE)
    while found:
        for one in found:
            state = "active" if one.deactivated_at is None else "deactivated"
            listed.add_row(one.name, one.kind, one.display_name, one.subject or "", state)
        found = directory.list_principals(work, after=found[-1].id, limit=PAGE)
    return listed


def _roles(grants: tuple[Grant, ...]) -> Table:
    listed = table("Role", "Domains", "Sites", "Lent by")
    for grant in grants:
        domains, sites = ", ".join(sorted(grant.domains)), ", ".join(sorted(grant.sites))
        listed.add_row(grant.role, domains, sites, grant.delegated_by or "")
    return listed
