"""`mdm rules show` and `differences`: what is in force, what is proposed, and how they differ in words."""

import argparse
import json
from itertools import groupby

from mdm.entrypoints.cli.rules.speaking import Add, release_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.hub import Hub, Work, releases
from mdm.hub.releases import ReleaseView
from mdm.settings import Settings

BREAKS = " - breaks the contract with subscribers and needs a new subject version"


def configure(add: Add) -> None:
    """Declare the arguments."""
    show = add("show", help="list releases and drafts, or print the rules of one")
    show.add_argument("domain", nargs="?", help="print this domain's rules in force as JSON")
    show.add_argument("number", nargs="?", type=int, help="print this release or draft instead")
    differences = add("differences", help="say in words how two releases or drafts differ")
    release_of(differences)
    differences.add_argument(
        "--against", type=int, help="the other one (default: the one it followed; of a draft the one in force)"
    )


def show(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """Print rules as JSON, or a table of all releases."""
    with hub.begin() as work:
        if arguments.domain:
            number = arguments.number or work.catalog.domain(arguments.domain).release
            document = releases.show(work, arguments.domain, number).document
            print(json.dumps(document, ensure_ascii=False, indent=2))
            return 0
        listed = table("Domain", "Release", "State", "Hash", "Proposed by", "Proposed at", "Reason")
        for domain in sorted(work.catalog.domains):
            for r in releases.history(work, domain):
                when = f"{r.proposed_at:%Y-%m-%d %H:%M}"
                state = f"on {r.scheduled_at:%Y-%m-%d %H:%M}" if r.scheduled_at else r.state
                listed.add_row(domain, str(r.number), state, r.hash[:12], r.proposed_by, when, r.reason or "")
    print_table(listed)
    return 0


def differences(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """Print every difference as a sentence; of a draft also who must approve it."""
    with hub.begin() as work:
        print_differences(work, arguments.domain, arguments.number, against=arguments.against)
        view = releases.show(work, arguments.domain, arguments.number)
    if view.digest is not None:
        _print_standing(view)
    return 0


def print_differences(work: Work, domain: str, number: int, *, against: int | None = None) -> None:
    """Print how a release differs from another, part by part."""
    found = releases.compare_releases(work, domain, number, against=against)
    print(f"{domain}: release {number} against {found.against}")
    for title, group in groupby(found.differences, lambda difference: difference.title):
        print(f"{title}:")
        for difference in group:
            print(f"  {difference.text}")
    for change in found.contract:
        print(f"For subscribers: {change}{BREAKS if change.breaking else ''}")


def _print_standing(view: ReleaseView) -> None:
    for one in view.asked:
        print(f"{one.owner} {'has approved' if one.approved else 'must approve'}: {', '.join(one.concerns)}")
    if view.awaits_another:
        print("Another person must approve: one alone has a part in it so far.")
    if not view.approved:
        what = f"{view.domain} {view.number} --digest {(view.digest or '')[:12]}"
        print(f"To approve: mdm rules approve {what} --key-file FILE")


ACTIONS = {"show": show, "differences": differences}
