"""docs/tutorial.md, done as it stands there: its files, its commands, and what they print."""

import sys
from pathlib import Path

from mdm.settings import Settings
from tests.docs.pages import ROOT, Block, blocks
from tests.docs.walking import BESIDE, answers, beside, check, free_port, needs_a_shell
from tests.support.running import wait_until

NAMES = {"csv": "vendors.csv", "yaml": "mappings/portal.yaml", "python": "purchasing.py"}


@needs_a_shell
def test_tutorial_works_as_it_is_written(database: str, nats_url: str, tmp_path: Path) -> None:
    port = free_port()
    page = [
        Block(
            b.language, b.text.replace("127.0.0.1:8080", f"127.0.0.1:{port}").replace("nats://127.0.0.1:4222", nats_url)
        )
        for b in blocks(ROOT / "docs" / "tutorial.md")
    ]
    (tmp_path / "mappings").mkdir()
    for block in page:
        if block.language in NAMES:
            (tmp_path / NAMES[block.language]).write_text(block.text)
    settings = Settings(postgres_dsn=database, nats_url=nats_url, port=port, workers=1, log_level="error")
    environment = settings.environment()
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    hub, downstream = (b.text.removeprefix(BESIDE).strip() for b in page if b.text.startswith(BESIDE))
    with beside(hub, tmp_path, environment):
        wait_until(answers(f"http://127.0.0.1:{port}/health/ready"))
        with beside(downstream, tmp_path, environment):
            check(page, tmp_path, environment)
