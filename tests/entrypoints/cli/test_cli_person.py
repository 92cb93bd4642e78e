"""`mdm person` makes the first people of a hub and ends what they may."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mdm.entrypoints import cli
from mdm.hub.access import authenticate, create_key
from tests.hub.access.test_access_tokens import ISSUER, arrived
from tests.support.hubs import HubUnderTest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def mdm(hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `mdm person` on the hub of the test and returns its exit code and what it said."""
    given = {"DATA_DIR": str(tmp_path), "POSTGRES_DSN": hub.dsn, "NATS_URL": "nats://127.0.0.1:1"}
    for name, value in given.items():
        monkeypatch.setenv(f"MDM_{name}", value)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        code = cli.main(("person", *words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_person_is_made_given_roles_and_shown(mdm: Run, hub: HubUnderTest) -> None:
    assert mdm("add", "anna", "--display-name", "Anna Berg")[:2] == (
        0,
        "anna is made. Next: mdm person grant ROLE anna\n",
    )
    assert mdm("grant", "supplier_steward", "anna", "--site", "1000", "--reason", "Joined")[0] == 0
    assert "Anna Berg" in mdm("list")[1]
    shown = mdm("show", "anna")[1]
    assert [word in shown for word in ("supplier_steward", "steward", "1000")] == [True, True, True]
    assert mdm("withdraw", "supplier_steward", "anna")[1] == "anna no longer holds supplier_steward.\n"
    assert "steward" not in mdm("show", "anna")[1]
    assert mdm("withdraw", "supplier_steward", "anna")[0] == 2


def test_service_is_deactivated_and_activated(mdm: Run, hub: HubUnderTest) -> None:
    mdm("add", "feed", "--service")
    mdm("grant", "source", "feed", "--domain", "customer")
    with hub.hub.begin() as work:
        key = create_key(work, name="feed")[1]
        assert authenticate(work, key).domains == {"customer"}
    assert mdm("deactivate", "feed", "--reason", "Replaced")[1] == "feed is deactivated.\n"
    assert "deactivated" in mdm("list")[1]
    assert mdm("deactivate", "feed")[0] == 1
    assert mdm("activate", "feed")[1] == "feed is activated.\n"


def test_person_is_linked_to_the_provider_of_the_settings(
    mdm: Run, hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    mdm("add", "anna")
    refused = mdm("link", "anna", "--subject", "7")
    assert (refused[0], "MDM_OIDC_ISSUER" in refused[2]) == (2, True)
    monkeypatch.setenv("MDM_OIDC_ISSUER", ISSUER)
    monkeypatch.setenv("MDM_OIDC_AUDIENCE", "mdm")
    assert mdm("link", "anna", "--subject", "7")[1] == "anna is linked.\n"
    assert arrived(hub, name="a.berg", provision=False).name == "anna"
    assert mdm("add", "ben", "--subject", "8")[0] == 0


@pytest.mark.parametrize("words", ["show zoe", "grant reader zoe", "deactivate zoe", "grant king anna"])
def test_who_or_what_is_not_there_is_wrong_input(mdm: Run, words: str) -> None:
    mdm("add", "anna")
    assert mdm(*words.split())[0] == 2


def test_name_is_taken_once(mdm: Run) -> None:
    assert [mdm("add", "anna")[0] for _ in range(2)] == [0, 1]
