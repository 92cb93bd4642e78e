"""`mdm rules switch-on`, `watch`, `continue` and `roll-back`: rules put in force, and what becomes of it."""

import argparse
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from mdm.entrypoints.cli.rules.speaking import Add, begin_of, key_of, release_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.errors import InvalidInput, Moved
from mdm.hub import Hub, Work, releases
from mdm.hub.releases import Rollout
from mdm.settings import Settings

T = TypeVar("T")
TRIES = 5
LOOK = 1.0
MEASURES = {
    "masters": "Masters rebuilt",
    "changed": "Masters changed",
    "critical": "Masters changed in critical attributes",
    "merged": "Masters merged",
    "split": "Masters split",
    "held": "Values held back",
}
HALTED = 1


def configure(add: Add) -> None:
    """Declare the arguments."""
    switch = add("switch-on", help="put an approved draft in force")
    release_of(switch)
    switch.add_argument("--at", help="when (ISO 8601 with an offset; default: now)")
    watch = add("watch", help="show what the release in force does, beside what was simulated")
    watch.add_argument("--wait", action="store_true", help="until all is done or it is stopped")
    proceed = add("continue", help="go on with a release that was stopped, without limits")
    for one in (watch, proceed):
        one.add_argument("domain", help="its domain")
    back = add("roll-back", help="put earlier rules in force again in the place of this release")
    release_of(back)
    back.add_argument("--to", type=int, help="the earlier release (default: the one it followed)")
    for one in (proceed, back):
        one.add_argument("--reason", required=True, help="why, for the log")
    for one in (switch, proceed, back):
        key_of(one)


def switch_on(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """Switch an approved draft on, or have it switched on."""
    domain, number = arguments.domain, arguments.number
    at = _instant(arguments.at) if arguments.at is not None else None
    if at is not None:
        with begin_of(hub, arguments)() as work:
            releases.schedule(work, domain, number, at=at)
        print(f"Release {number} of {domain} will be switched on at {at:%Y-%m-%d %H:%M %Z}.")
        return 0
    switched = _settled(hub, arguments, lambda work: releases.switch_on_approved(work, domain, number))
    print(f"Release {number} of {domain} is in force; {switched.records:,} records are done again.")
    return 0


def watch(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """Show how far the release in force has come; the exit code is 1 if it was stopped."""
    while True:
        with hub.begin() as work:
            found = releases.watch(work, arguments.domain)
        if not arguments.wait or found.state != "running":
            break
        time.sleep(LOOK)
    _print(found)
    return HALTED if found.state == "halted" else 0


def proceed(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """Go on with a release that was stopped."""
    with begin_of(hub, arguments)() as work:
        found = releases.proceed(work, arguments.domain, reason=arguments.reason)
    print(f"Release {found.number} of {found.domain} goes on; {found.records_waiting:,} records wait.")
    return 0


def roll_back(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """Put earlier rules in force again."""
    domain, number = arguments.domain, arguments.number
    switched = _settled(
        hub, arguments, lambda work: releases.roll_back(work, domain, number, reason=arguments.reason, to=arguments.to)
    )
    print(f"Release {number} of {domain} is rolled back by {switched.number}; {switched.records:,} records wait.")
    return 0


def _settled(hub: Hub, arguments: argparse.Namespace, operation: Callable[[Work], T]) -> T:
    """Return what an operation gives, tried anew while others write by the rules it replaces; raises Moved."""
    begin = begin_of(hub, arguments)
    for _ in range(TRIES - 1):
        try:
            with begin() as work:
                return operation(work)
        except Moved:
            continue
    with begin() as work:
        return operation(work)


def _print(found: Rollout) -> None:
    print(f"{found.domain}: release {found.number} is {found.state}, {found.records_waiting:,} records wait.")
    listed = table("Measure", "So far", "Simulated")
    for name, text in MEASURES.items():
        listed.add_row(text, f"{found.real[name]:,}", "" if found.expected is None else f"{found.expected[name]:,}")
    print_table(listed)
    if found.halted_why is not None:
        print(found.halted_why)
        print(f"To go on: mdm rules continue {found.domain} --reason …")
        print(f"To take it back: mdm rules roll-back {found.domain} {found.number} --reason …")


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput(f"{text!r} is not a time with an offset.", hint="Such as 2026-01-31T08:30Z.", path="at")
    return found


ACTIONS = {"switch-on": switch_on, "watch": watch, "continue": proceed, "roll-back": roll_back}
