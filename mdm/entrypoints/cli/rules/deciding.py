"""`mdm rules propose`, `approve`, `reject` and `withdraw`: drafts made and decided, by who shows a key."""

import argparse

from mdm import bootstrap
from mdm.entrypoints.cli.rules.showing import BREAKS
from mdm.entrypoints.cli.rules.speaking import Add, begin_of, key_of, release_of
from mdm.errors import OutdatedRequest
from mdm.hub import Hub, releases
from mdm.settings import Settings

MEANING = {
    "active": "in force as the file says",
    "draft": "differs from what is in force: kept as a draft",
    "known draft": "kept as a draft before",
    "new": "not in force yet: `mdm migrate` switches it on",
}
SHORTEST = 8  # characters of a digest


def configure(add: Add) -> None:
    """Declare the arguments."""
    propose = add("propose", help="keep declaration files that differ from what is in force as drafts")
    key_of(propose, without="the hub; then two people must approve")
    propose.add_argument("--reason", help="why, for those who approve and the log")
    approve = add("approve", help="approve a draft in every role of who does it")
    approve.add_argument("--digest", required=True, help="what `mdm rules differences` shows: what was looked at")
    approve.add_argument("--note", help="a word on it")
    reject = add("reject", help="end a draft as an owner of what it changes")
    withdraw = add("withdraw", help="take a draft back as its author or an administrator")
    for one in (approve, reject, withdraw):
        release_of(one)
        key_of(one, required=one is not withdraw)
    for one in (reject, withdraw):
        one.add_argument("--reason", required=True, help="why, for the log")


def propose(hub: Hub, arguments: argparse.Namespace, settings: Settings) -> int:
    """Keep files as drafts."""
    with begin_of(hub, arguments)() as work:
        for found in releases.propose(work, bootstrap.declarations(settings), reason=arguments.reason):
            print(f"{found.domain}: {MEANING[found.state]} (release {found.number}, {found.hash[:12]})")
            for change in found.changes:
                print(f"  {change}{BREAKS if change.breaking else ''}")
    return 0


def approve(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """Approve what was looked at."""
    domain, number, given = arguments.domain, arguments.number, arguments.digest
    with begin_of(hub, arguments)() as work:
        digest = releases.show(work, domain, number).digest
        if digest is not None and (len(given) < SHORTEST or not digest.startswith(given)):
            hint = f"`mdm rules differences {domain} {number}` shows it as it is now."
            raise OutdatedRequest("The draft is not the one with this digest.", hint=hint)
        releases.approve(work, domain, number, digest=digest or given, note=arguments.note)
        view = releases.show(work, domain, number)
    awaited = ", ".join(one.owner for one in view.asked if not one.approved) or "another person"
    print(f"Release {number} of {domain}: {'approved' if view.approved else f'awaits {awaited}'}.")
    return 0


def reject(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """End a draft."""
    with begin_of(hub, arguments)() as work:
        releases.reject(work, arguments.domain, arguments.number, reason=arguments.reason)
    print(f"Release {arguments.number} of {arguments.domain} is rejected.")
    return 0


def withdraw(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """Take a draft back."""
    with begin_of(hub, arguments)() as work:
        releases.withdraw(work, arguments.domain, arguments.number, reason=arguments.reason)
    print(f"Release {arguments.number} of {arguments.domain} is withdrawn.")
    return 0


ACTIONS = {"propose": propose, "approve": approve, "reject": reject, "withdraw": withdraw}
