"""`mdm serve`: the HTTP API."""

import argparse

import uvicorn

from mdm import bootstrap
from mdm.asgi import create_app
from mdm.entrypoints.cli.connection import connected, dsn_of
from mdm.settings import Settings


def configure(_parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Answer requests until SIGTERM or Ctrl-C."""
    found = connected(settings)
    with bootstrap.open_hub(found, dsn_of(found)):
        pass  # what cannot be opened is said here, before the server hides it in a traceback
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(found),
            host=found.host,
            port=found.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(found.stop_seconds),
        )
    )
    server.run()
    return 0 if server.started else 1
