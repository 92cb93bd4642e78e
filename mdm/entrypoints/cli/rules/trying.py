"""`mdm rules simulate`: try a release on live data and show what switching it on would do."""

import argparse
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.rules.speaking import Add, begin_of, key_of, release_of
from mdm.entrypoints.cli.tables import print_table, table
from mdm.hub import Hub
from mdm.hub.releases import simulation
from mdm.hub.releases.simulation import Means, SimulationView
from mdm.settings import Settings

FAILED, LOOK = 1, 1.0
GOING_ON = ("queued", "running")
MASTERS = {
    "looked_at": "looked at",
    "changed": "would have other values",
    "critical": "of these in critical attributes",
    "held": "would have values that wait for approval",
    "merged": "would be merged into others",
    "split": "would lose records to others",
    "new": "would come into being",
    "unannounced": "would keep their values, for other reasons",
}


def configure(add: Add) -> None:
    """Declare the arguments."""
    trying = add("simulate", help="try a release on live data: what would change if it were switched on")
    release_of(trying)
    key_of(trying)


def simulate(hub: Hub, arguments: argparse.Namespace, settings: Settings) -> int:
    """Run a simulation here, or wait for the one that somebody runs already."""
    begin, domain, number = begin_of(hub, arguments), arguments.domain, arguments.number
    with begin() as work:
        asked = simulation.request(work, domain, number)
    means = Means(
        partial(bootstrap.open_hub, settings, dsn_of(settings)),
        processes=settings.simulation_processes,
        sample=settings.simulation_sample,
    )
    if simulation.take(hub.begin, asked.id) is not None:
        simulation.simulate(hub.begin, asked.id, means)
    while True:
        with begin() as work:
            view = simulation.show(work, domain, number, asked.id)
        if view.state not in GOING_ON:
            return _show(view)
        time.sleep(LOOK)


ACTIONS = {"simulate": simulate}


def _show(view: SimulationView) -> int:
    taken = f" after {view.seconds:.0f} s" if view.seconds is not None else ""
    print(f"Release {view.number} of {view.domain}, tried against {view.against}: {view.state}{taken}.")
    if view.outcome is not None:
        print(view.outcome)
    if view.figures is None:
        return FAILED
    _print(view, view.figures)
    return 0


def _print(view: SimulationView, figures: Mapping[str, Any]) -> None:
    masters = table("Masters", "")
    for name, meaning in MASTERS.items():
        masters.add_row(f"{figures['masters'][name]:,}", meaning)
    print_table(masters)
    if figures["attributes"]:
        attributes = table("Attribute", "Masters", "Now", "Future", "Past", "Critical")
        for a in figures["attributes"]:
            counts = (f"{a[name]:,}" for name in ("masters", "now", "future", "past"))
            attributes.add_row(a["attribute"], *counts, "critical" if a["critical"] else "")
        print_table(attributes)
    _print_people(figures)
    redo, events = figures["redo"], sum(figures["events"].values())
    print(f"{events:,} events; {redo['records']:,} records are done again, in {redo['seconds']:,} s at least.")
    if (pairs := figures["new_pairs"]) is not None and not pairs["exact"]:
        for kind in ("matches", "reviews"):
            found = pairs[kind]
            among = f"{found['least']:,} to {found['most']:,}"
            print(f"New {kind}, estimated: {found['estimate']:,} ({among}); they are counted nowhere else.")
    print(f"{len(view.samples)} examples: GET /v1/domains/{view.domain}/releases/{view.number}/simulations/{view.id}")


def _print_people(figures: Mapping[str, Any]) -> None:
    asked = table("Who is asked", "New", "No longer")
    for owner in figures["requests"]:
        asked.add_row(owner["owner"], f"{owner['opened']:,}", f"{owner['closed']:,}")
    reviews = figures["reviews"]
    if any(reviews.values()):
        asked.add_row("stewards, about pairs", f"{reviews['opened']:,}", f"{reviews['closed']:,}")
    if asked.row_count:
        print_table(asked)
