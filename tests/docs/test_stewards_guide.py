"""docs/how-to/stewards-guide.md, done as it stands there on a hub that knows nothing else."""

import sys
from pathlib import Path

import pytest

from mdm import bootstrap
from mdm.hub.access import create_key
from mdm.settings import Settings
from tests.docs.pages import ROOT, Block, blocks
from tests.docs.walking import answers, beside, check, free_port, needs_a_shell
from tests.support.running import wait_until

GUIDE = ROOT / "docs" / "how-to" / "stewards-guide.md"
HUB = "127.0.0.1:8080"
DEMO_KEY = Path(".mdm") / "demo.key"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    """A folder with the administrator's key that the demo leaves there."""
    bootstrap.prepare(Settings(), database)
    with bootstrap.open_hub(Settings(), database) as hub, hub.begin() as work:
        _, text = create_key(work, name="demo", roles=["admin"])
    (tmp_path / DEMO_KEY).parent.mkdir()
    (tmp_path / DEMO_KEY).write_text(text)
    return tmp_path


@needs_a_shell
def test_stewards_guide_works_as_it_is_written(database: str, nats_url: str, folder: Path) -> None:
    port = free_port()
    page = [
        Block(b.language, b.text.replace(HUB, f"127.0.0.1:{port}"))
        for b in blocks(ROOT / "docs/how-to/stewards-guide.md")
    ]
    settings = Settings(postgres_dsn=database, nats_url=nats_url, port=port, workers=1, log_level="error")
    environment = settings.environment()
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    with beside("mdm up", folder, environment):
        wait_until(answers(f"http://127.0.0.1:{port}/health/ready"))
        check(page, folder, environment)
