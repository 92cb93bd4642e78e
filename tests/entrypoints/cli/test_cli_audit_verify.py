import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mdm.entrypoints.cli.audit import verified
from mdm.hub.sealing import seal, signer_of
from mdm.settings import Settings
from tests.hub.sealing.chains import SIGNER, act, sealed
from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The file of the key that sealed two actions, where the command looks for it."""
    path = tmp_path / "data" / "audit-key.pem"
    path.parent.mkdir()
    path.write_bytes(SIGNER.pem())
    return path


@pytest.fixture
def logged(hub: HubUnderTest) -> HubUnderTest:
    act(hub, "s/1", "s/2")
    sealed(hub)
    act(hub, "s/3")
    return hub


@pytest.mark.usefixtures("key", "logged")
def test_sound_log_holds_and_says_who_signed_it(on_hub: Run) -> None:
    code, out, _ = on_hub("audit", "verify")
    assert (code, out.splitlines()[0]) == (0, "holds   2 actions in 1 seals")
    assert "1 more await their seal" in out
    assert f"signed with: {SIGNER.public_key}\n" in out


@pytest.mark.usefixtures("logged")
def test_without_any_key_it_is_said_that_none_was_compared(on_hub: Run) -> None:
    code, out, _ = on_hub("audit", "verify")
    assert (code, f"{SIGNER.public_key}, compared with no key" in out) == (0, True)


@pytest.mark.usefixtures("key")
def test_changed_action_is_named_and_ends_with_1(on_hub: Run, logged: HubUnderTest) -> None:
    logged.rows("UPDATE action_log SET actor = 'ben' WHERE subject = 's/2' RETURNING 1")
    code, out, _ = on_hub("audit", "verify", "--json")
    found = json.loads(out)
    assert (code, found["clean"], found["signers"]) == (1, False, [SIGNER.public_key])
    assert "of s/2 by ben) at position 2, seal 1, was changed" in found["findings"][0]
    assert "BROKEN  I11" in on_hub("audit")[1]


@pytest.mark.usefixtures("logged")
def test_seals_of_a_key_that_is_not_trusted_are_broken_until_it_is(
    on_hub: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer_of(tmp_path / "data" / "audit-key.pem", make=True)
    assert "which is not trusted" in on_hub("audit", "verify")[1]
    earlier = tmp_path / "earlier.pem"
    earlier.write_text(SIGNER.public_pem())
    monkeypatch.setenv("MDM_AUDIT_TRUSTED", str(earlier))
    assert on_hub("audit", "verify")[0] == 0


def test_public_key_is_printed_for_others_to_keep(mdm: Run, key: Path) -> None:
    code, out, err = mdm("audit", "key")
    assert (code, out) == (0, SIGNER.public_pem())
    assert SIGNER.public_key in err
    key.unlink()
    assert mdm("audit", "key")[0] == 1


@pytest.mark.usefixtures("key", "logged")
def test_stream_that_cannot_be_read_is_said(on_hub: Run) -> None:
    code, out, err = on_hub("audit", "verify", "--against-stream")
    assert (code, out) == (1, "")
    assert "MDM_AUDIT cannot be read" in err
    assert "UNKNOWN  I6 the stream's versions increase and end with the head's: No NATS server at" in on_hub("audit")[1]


def test_end_cut_off_with_its_traces_in_the_database_is_found_in_the_stream(
    hub: HubUnderTest, nats_url: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, postgres_dsn=hub.dsn, nats_url=nats_url)
    parts = RunningParts(hub, nats_url)
    act(hub, "s/1", "s/2")
    with hub.hub.begin() as work:
        assert seal(work, signer=signer_of(settings.audit_key_file, make=True)) == 2
    with parts.running("relay"):
        parts.wait_until_settled()
    assert verified(hub.hub, settings, against_stream=True).clean
    for table in ("action_log", "action_seal", "publishers.outbox", "publishers.head"):
        hub.rows(f"DELETE FROM {table} RETURNING 1")
    assert verified(hub.hub, settings, against_stream=False).clean
    missing = ["seal 1 is missing at the end, with the 2 actions in it"]
    assert verified(hub.hub, settings, against_stream=True).findings == missing
