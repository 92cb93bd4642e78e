import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from mdm import bootstrap
from mdm.core.domains import load_documents
from mdm.core.security import SYSTEM
from mdm.errors import DeclarationError, Unavailable
from mdm.settings import Settings
from tests.support.servers import ForgetfulPostgres

MAPPING = """
source: sap
feeds:
  carriers:
    domain: {domain}
    files: ["carriers*.csv"]
    format: {{type: csv}}
    key: ID
    attributes: {{name: Name}}
"""


def test_hub_opened_before_the_database_is_prepared_says_what_to_do(empty_database: str) -> None:
    with pytest.raises(Unavailable, match="mdm migrate"), bootstrap.open_hub(Settings(), empty_database):
        pass


def test_prepared_hub_acts_as_whoever_is_named(database: str) -> None:
    bootstrap.prepare(Settings(), database)
    with bootstrap.open_hub(Settings(), database) as hub, hub.begin() as work:
        assert work.actor == SYSTEM
        assert sorted(work.catalog.domains) == sorted(load_documents())
        assert {"erp", "crm", "shop", "portal", "procurement"} <= set(hub.registry.sources)


def test_several_may_prepare_one_database_at_once(empty_database: str) -> None:
    environment = Settings(postgres_dsn=empty_database, nats_url="nats://127.0.0.1:1").environment()
    command = [sys.executable, "-m", "mdm", "migrate"]
    several = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate()[0].splitlines() for process in several]
    assert [process.returncode for process in several] == [0, 0, 0]
    assert sorted(len(lines) for lines in said) == [0, 0, len(load_documents())]


@pytest.mark.parametrize(("domain", "named"), [("carrier", "carrier"), ("suplier", "Did you mean `supplier`")])
def test_mapping_of_an_unknown_domain_is_refused_at_the_start(
    database: str, tmp_path: Path, domain: str, named: str
) -> None:
    (tmp_path / "sap.yaml").write_text(MAPPING.format(domain=domain))
    settings = Settings(mappings_dir=tmp_path)
    bootstrap.prepare(settings, database)
    with pytest.raises(DeclarationError, match=named), bootstrap.open_hub(settings, database):
        pass


def test_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(DeclarationError, match="nowhere is not a folder"):
        bootstrap.declarations(Settings(domains_dir=Path("nowhere")))
    with pytest.raises(DeclarationError, match="nowhere is not a folder"):
        bootstrap.mappings(Settings(mappings_dir=Path("nowhere")))


def test_broken_declaration_stops_the_start_before_anything_is_stored(
    postgres_server: ForgetfulPostgres, database: str, tmp_path: Path
) -> None:
    (tmp_path / "supplier.yaml").write_text("domain: supplier\n")
    with pytest.raises(DeclarationError, match=r"supplier\.yaml"):
        bootstrap.prepare(Settings(domains_dir=tmp_path), database)
    assert len(bootstrap.prepare(Settings(), database)) == len(load_documents())


def test_migrations_are_found_in_a_checkout_and_in_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (bootstrap.migrations_folder() / "env.py").is_file()
    monkeypatch.setattr(bootstrap, "PACKAGE", tmp_path)
    (tmp_path / "migrations").mkdir()
    assert bootstrap.migrations_folder() == tmp_path / "migrations"


def test_named_point_ends_the_process_and_no_other_does() -> None:
    code = "from mdm.bootstrap import kill_at; reach = kill_at('locked'); reach('rebuilt'); print(1); reach('locked')"
    ended = subprocess.run([sys.executable, "-c", code], check=False)
    assert ended.returncode == -signal.SIGKILL
    bootstrap.kill_at(None)("locked")


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.mark.usefixtures("_logging_as_before")
@pytest.mark.parametrize(("given", "begins"), [("json", '{"reason": "x", "event": "began"'), ("console", "\x1b[2m20")])
def test_log_goes_to_stderr_in_the_form_that_is_set(
    capsys: pytest.CaptureFixture[str], given: str, begins: str
) -> None:
    bootstrap.set_up_logging(Settings(log_format=given, log_level="warning"))  # type: ignore[arg-type]
    structlog.get_logger().info("left_out")
    structlog.get_logger().warning("began", reason="x")
    said = capsys.readouterr()
    assert said.out == ""
    assert "left_out" not in said.err
    assert said.err.startswith(begins)
