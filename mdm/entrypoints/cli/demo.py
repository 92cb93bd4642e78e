"""`mdm demo`: a hub with a manufacturer's exports in it, to look at or to verify."""

import argparse
import json
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from rich.console import Console

from mdm import bootstrap
from mdm.demo import SIZES
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.demonstration import check, demo_key, load_demo, tell
from mdm.entrypoints.cli.supervisor import Child
from mdm.entrypoints.cli.up import RunningHub, running_hub, say
from mdm.errors import MdmError
from mdm.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--size", choices=list(SIZES), default="small", help="about 3k, 14k or 300k source records")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes another manufacturer")
    parser.add_argument(
        "--check", action="store_true", help="load into a fresh folder, verify, print one JSON object and end"
    )
    parser.add_argument(
        "--load-only", action="store_true", help="load the exports into the hub that is running, and end"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Start a hub, load the demo, say what happened; or verify it in a folder of its own."""
    if arguments.load_only:
        return _load(arguments, settings)
    if arguments.check:
        with tempfile.TemporaryDirectory(prefix="mdm-check-") as folder, redirect_stdout(sys.stderr):
            fresh = settings.having(postgres_dsn=None, nats_url=None, data_dir=Path(folder) / "mdm", port=0)
            with running_hub(fresh, with_embedded=True) as hub:
                hub.stdout = sys.stderr.fileno()
                hub.start()
                hub.stdout = None
                return 0 if hub.wait_until_ready() and hub.supervisor.run_once(_child(hub, arguments, "--check")) else 1
    with running_hub(settings) as hub:
        hub.start()
        loaded = hub.wait_until_ready() and hub.supervisor.run_once(_child(hub, arguments))
        if not loaded and not hub.supervisor.stopping:
            raise MdmError("The demo could not be loaded, see above.")
        if loaded:
            _introduce(hub)
            hub.supervisor.wait()
    return hub.exit_code()


def _child(hub: RunningHub, arguments: argparse.Namespace, *words: str) -> Child:
    size, seed = ("--size", arguments.size), ("--seed", str(arguments.seed))
    return hub.child("demo", "demo", "--load-only", *size, *seed, *words)


def _load(arguments: argparse.Namespace, settings: Settings) -> int:
    console = Console(stderr=True)
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        run = load_demo(hub, settings.data_dir / "demo", size=arguments.size, seed=arguments.seed, console=console)
        if not arguments.check:
            tell(hub, run, console=Console())
            return 0
        result = check(hub, settings, run)
    print(json.dumps(result.report, indent=2))
    return 0 if result.passed else 1


def _introduce(hub: RunningHub) -> None:
    """Say where to look next, in commands that can be pasted."""
    with bootstrap.open_hub(hub.settings, dsn_of(hub.settings)) as opened:
        key = demo_key(opened, hub.settings.data_dir / "demo.key")
    call = f"curl -s -H 'Authorization: Bearer {key}'"
    say("")
    say("Try next, in another terminal:")
    for told, command in (
        ("search golden records", f"{call} '{hub.url}/v1/supplier?q=gmbh&limit=3'"),
        ("what waits for stewards and owners", f"{call} '{hub.url}/v1/tasks?limit=3'"),
        ("changes that their owners must approve", f"{call} '{hub.url}/v1/change-requests?limit=3'"),
        ("rows that could not be used, and why", f"{call} '{hub.url}/v1/quarantine'"),
        ("the newest event of every master, then live ones", ".venv/bin/mdm watch --newest"),
        ("prove that nothing was lost, skipped or doubled", ".venv/bin/mdm audit"),
        ("the API, to click through; the key is the password", f"{hub.url}/docs"),
    ):
        say(f"  # {told}")
        say(f"  {command}")
    hub.introduce()
