"""The HTTP API of the hub."""

from mdm.entrypoints.api.app import create_app

__all__ = ["create_app"]
