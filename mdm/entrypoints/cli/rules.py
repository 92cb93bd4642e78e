"""`mdm rules`: show the rules in force, and propose those of the files."""

import argparse
import json

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.hub import releases
from mdm.settings import Settings

MEANING = {
    "active": "in force as the file says",
    "draft": "differs from what is in force: kept as a draft",
    "known draft": "kept as a draft before",
    "new": "not in force yet: `mdm migrate` switches it on",
}
BREAKS = " - breaks the contract with subscribers and needs a new subject version"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="list releases and drafts, or print one domain's rules in force")
    show.add_argument("domain", nargs="?", help="print this domain's rules in force as JSON")
    actions.add_parser("propose", help="keep declaration files that differ from what is in force as drafts")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub, hub.begin() as work:
        if arguments.action == "propose":
            for found in releases.propose(work, bootstrap.declarations(settings)):
                print(f"{found.domain}: {MEANING[found.state]} (release {found.number}, {found.hash[:12]})")
                for change in found.changes:
                    print(f"  {change}{BREAKS if change.breaking else ''}")
        elif arguments.domain:
            active = next(r for r in releases.history(work, arguments.domain) if r.state == "active")
            print(json.dumps(active.document, ensure_ascii=False, indent=2))
        else:
            listed = table("Domain", "Release", "State", "Hash", "Proposed by", "Proposed at")
            for domain in sorted(hub.catalog.domains):
                for r in releases.history(work, domain):
                    when = f"{r.proposed_at:%Y-%m-%d %H:%M}"
                    listed.add_row(domain, str(r.number), r.state, r.hash[:12], r.proposed_by, when)
            print_table(listed)
    return 0
