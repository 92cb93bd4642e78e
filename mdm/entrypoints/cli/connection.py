"""Where the hub's servers are, in the settings or embedded on the data folder, and who acts on it by which key."""

from pathlib import Path

from mdm import embedded
from mdm.core.security import Actor
from mdm.errors import InvalidInput, Unavailable
from mdm.hub import Hub, access
from mdm.settings import Settings


def dsn_of(settings: Settings) -> str:
    """Return the URL of the hub's database; raise Unavailable if nothing says where it is."""
    return settings.postgres_dsn or _found(settings, "MDM_POSTGRES_DSN").dsn


def nats_url_of(settings: Settings) -> str:
    """Return the URL of the hub's NATS; raise Unavailable if nothing says where it is."""
    return settings.nats_url or _found(settings, "MDM_NATS_URL").nats_url


def connected(settings: Settings) -> Settings:
    """Return settings that name both servers; raise Unavailable if nothing says where they are."""
    if settings.postgres_dsn and settings.nats_url:
        return settings
    running = _found(settings, "MDM_NATS_URL" if settings.postgres_dsn else "MDM_POSTGRES_DSN")
    return settings.having(
        postgres_dsn=settings.postgres_dsn or running.dsn,
        nats_url=settings.nats_url or running.nats_url,
        nats_monitor_url=settings.nats_monitor_url or running.nats_monitor_url,
    )


def names_servers(settings: Settings) -> bool:
    """Return whether the settings name both servers; raise InvalidInput if they name one alone."""
    if bool(settings.postgres_dsn) != bool(settings.nats_url):
        missing = "MDM_NATS_URL" if settings.postgres_dsn else "MDM_POSTGRES_DSN"
        raise InvalidInput(f"{missing} is not set.", hint="Name both servers, or none to use the embedded ones.")
    return bool(settings.postgres_dsn)


def holder_of(hub: Hub, key_file: Path) -> Actor:
    """Return who holds the API key in a file; raises Unauthenticated."""
    try:
        text = key_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{key_file} cannot be read.", hint="It holds the API key of who decides.") from error
    with hub.begin() as work:
        return access.authenticate(work, text)


def _found(settings: Settings, variable: str) -> embedded.Running:
    running = embedded.find(settings.data_dir)
    if running is None:
        raise Unavailable(
            f"No hub is running on {settings.data_dir.resolve()}, and {variable} is not set.",
            hint="Start one with `mdm up`, go to the folder where it runs, or set the variable.",
        )
    return running
