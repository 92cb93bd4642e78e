import argparse
import subprocess
import sys

import pytest

from mdm import __version__
from mdm.entrypoints import cli
from mdm.entrypoints.cli import up
from mdm.errors import MdmError, Unavailable, UnknownDomain
from mdm.settings import Settings


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """A list whose only element the command `up` raises."""
    raised: list[BaseException] = []

    def run(arguments: argparse.Namespace, settings: Settings) -> int:
        raise raised[0]

    monkeypatch.setattr(up, "run", run)
    return raised


@pytest.mark.parametrize(
    ("error", "code"),
    [(UnknownDomain("No domain asset."), 2), (Unavailable("NATS is away."), 1), (MdmError(), 1), (ValueError("x"), 1)],
)
def test_error_is_a_message_and_an_exit_code_without_traceback(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    failing.append(error)
    assert cli.main(["up"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert str(error) in said.err
    assert "Traceback" not in said.err


def test_hint_follows_the_message(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    failing.append(UnknownDomain("No domain asset.", hint="There are customer and supplier."))
    cli.main(["up"])
    assert capsys.readouterr().err == "mdm: No domain asset.\n     There are customer and supplier.\n"


def test_debug_shows_where_it_happened(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    failing.append(ValueError("x"))
    assert cli.main(["up", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_interrupted_command_says_nothing(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    failing.append(KeyboardInterrupt())
    assert cli.main(["up"]) == 130
    assert capsys.readouterr().err == ""


def test_wrong_setting_is_wrong_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MDM_PORTS", "1")
    assert cli.main(["up"]) == 2
    assert "Did you mean MDM_PORT?" in capsys.readouterr().err


def test_no_word_shows_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert [name for name in cli.COMMANDS if name not in shown] == []


def test_every_command_has_a_module_with_help() -> None:
    assert cli.parser_of_everything().format_help()


def test_mdm_runs_as_a_module() -> None:
    ran = subprocess.run([sys.executable, "-m", "mdm", "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"mdm {__version__}\n"


def test_help_of_one_command_does_not_import_the_others() -> None:
    code = "import sys; from mdm.entrypoints.cli import main; main(['--help'])"
    ran = subprocess.run([sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True)
    assert "sqlalchemy" not in ran.stderr
    assert "litestar" not in ran.stderr
