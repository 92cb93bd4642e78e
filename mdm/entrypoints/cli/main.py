"""From the words typed to an exit code: 0 done, 1 failed, 2 wrong input, 130 interrupted."""

import os
import sys
import traceback
from collections.abc import Sequence

import structlog

from mdm.core.ids import new_id
from mdm.entrypoints.cli import commands
from mdm.errors import InvalidInput, MdmError, NotFound, Unavailable
from mdm.settings import Settings
from publishers import PublishError

FAILED, WRONG_INPUT, INTERRUPTED = 1, 2, 130


def main(typed: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors become a message and a hint, never a traceback."""
    typed = (sys.argv[1:] if typed is None else typed) or ["--help"]
    debug = "--debug" in typed
    try:
        arguments = commands.parser(typed).parse_args(typed)
        settings = Settings.load(**({"log_level": "debug"} if debug else {}))
        with structlog.contextvars.bound_contextvars(**_bound(arguments.command)):
            return commands.load(arguments.command).run(arguments, settings)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads: nothing more to say
        return FAILED
    except Exception as error:  # noqa: BLE001 the last place that can turn an error into a message
        if debug:
            traceback.print_exc()
        return report(error)


def _bound(command: str) -> dict[str, str]:
    """Return what the log and the action log say of all that one command does; those that go on serve many."""
    return {} if command in commands.SERVING else {"correlation_id": str(new_id())}


def report(error: Exception) -> int:
    """Print what was wrong and what to do next, and return the exit code."""
    if isinstance(error, MdmError | PublishError):
        print(f"mdm: {error.message}", file=sys.stderr)
        for line in filter(None, (_said_by_the_database(error), error.hint)):
            print(f"     {line}", file=sys.stderr)
        return WRONG_INPUT if isinstance(error, InvalidInput | NotFound) else FAILED
    print(f"mdm: {type(error).__name__}: {error}", file=sys.stderr)
    print("     This should not happen. Run it again with --debug to see where.", file=sys.stderr)
    return FAILED


def _said_by_the_database(error: Exception) -> str:
    """Return the first line of what PostgreSQL or the way to it said, empty if that was not the cause."""
    lines = str(getattr(error.__cause__, "orig", "")).splitlines()
    return lines[0] if lines and isinstance(error, Unavailable) else ""
