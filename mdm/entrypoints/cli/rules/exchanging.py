"""`mdm rules export` and `import`: rules handed from one installation to another, as a file."""

import argparse
import json
from pathlib import Path
from typing import Any

from mdm.entrypoints.cli.rules.speaking import Add, begin_of, key_of, release_of
from mdm.errors import InvalidInput
from mdm.hub import Hub, releases
from mdm.settings import Settings


def configure(add: Add) -> None:
    """Declare the arguments."""
    export = add("export", help="print a release or draft as a file for another installation")
    release_of(export)
    export.add_argument("--output", type=Path, help="the file to write (default: print it)")
    take_in = add("import", help="keep the rules of such a file as a draft")
    take_in.add_argument("file", type=Path, help="the file")
    take_in.add_argument("--reason", required=True, help="why, for those who approve and the log")
    key_of(take_in, without="the hub; then two people must approve")


def export(hub: Hub, arguments: argparse.Namespace, settings: Settings) -> int:
    """Write a release as a file."""
    with hub.begin() as work:
        file = releases.export_release(work, arguments.domain, arguments.number, installation=settings.installation)
    text = json.dumps(file, ensure_ascii=False, indent=2)
    if arguments.output is None:
        print(text)
    else:
        arguments.output.write_text(f"{text}\n", encoding="utf-8")
        print(f"Release {arguments.number} of {arguments.domain} is in {arguments.output}.")
    return 0


def take_in(hub: Hub, arguments: argparse.Namespace, _settings: Settings) -> int:
    """Keep the rules of a file as a draft."""
    file = _read(arguments.file)
    with begin_of(hub, arguments)() as work:
        domain = str(file.get("domain"))
        found = releases.import_release(work, domain, file, registry=hub.registry, reason=arguments.reason)
    if found.state == "active":
        print(f"{found.domain}: in force as the file says (release {found.number}).")
    else:
        print(
            f"{found.domain}: kept as draft {found.number}. Next: mdm rules differences {found.domain} {found.number}"
        )
    return 0


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{file} cannot be read: {error}.", hint="`mdm rules export` makes such files.") from error
    if not isinstance(content, dict) or not isinstance(content.get("domain"), str):
        raise InvalidInput(f"{file} holds no release.", hint="`mdm rules export` makes such files.")
    return content


ACTIONS = {"export": export, "import": take_in}
