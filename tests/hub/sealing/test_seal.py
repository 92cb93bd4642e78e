import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mdm import bootstrap
from mdm.core.clock import utc_now
from mdm.core.signing import Signer
from mdm.errors import BrokenChain, InvalidInput, MdmError, Unavailable
from mdm.hub.action_log import log_action
from mdm.hub.sealing import lag, seal, seal_due, signer_of, trusted_keys
from mdm.settings import Settings
from tests.hub.sealing.chains import ANNA, SIGNER, act, sealed, verified
from tests.support.hubs import HubUnderTest

SEALS = "SELECT number, first, last FROM action_seal ORDER BY number"
ORDER = "SELECT subject FROM action_log WHERE position IS NOT NULL ORDER BY position"


def test_seals_follow_each_other_and_nothing_new_makes_none(chained: HubUnderTest) -> None:
    assert sealed(chained) == 1
    assert sealed(chained) == 0
    assert chained.rows(SEALS) == [(1, 1, 2), (2, 3, 5), (3, 6, 7), (4, 8, 8)]
    assert verified(chained).clean


def test_seal_is_published_with_the_hash_of_every_action(chained: HubUnderTest) -> None:
    [(subject, version, kind, body)] = chained.rows(
        "SELECT subject, version, type, convert_from(data, 'UTF8')::jsonb FROM publishers.outbox WHERE version = 2"
    )
    hashes = chained.rows("SELECT hash FROM action_log WHERE position BETWEEN 3 AND 5 ORDER BY position")
    [(own, signature)] = chained.rows("SELECT hash, signature FROM action_seal WHERE number = 2")
    assert (subject, version, kind) == ("mdm.audit.v1.seal", 2, "audit.sealed")
    assert (body["hash"], body["signature"], body["actions"]) == (own, signature, [h for (h,) in hashes])


def test_seal_can_be_checked_with_nothing_but_what_is_published_and_documented(chained: HubUnderTest) -> None:
    published = chained.rows("SELECT convert_from(data, 'UTF8') FROM publishers.outbox ORDER BY version")
    before = "0" * 64
    for (data,) in published:
        seal = json.loads(data)
        link = before
        for action in seal["actions"]:
            link = sha256((link + action).encode()).hexdigest()
        names = ("first", "last", "link", "number", "previous", "public_key", "sealed_at")
        content = json.dumps({name: seal[name] for name in names}, separators=(",", ":"))
        assert (seal["previous"], seal["link"]) == (before, link)
        assert seal["hash"] == sha256(content.encode()).hexdigest()
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal["public_key"]))
        key.verify(bytes.fromhex(seal["signature"]), seal["hash"].encode())
        before = seal["hash"]
    assert len(published) == 3


@contextmanager
def at_times(hub: HubUnderTest, *instants: datetime) -> Iterator[list[int]]:
    """Seal when due at these instants and collect how many actions that were."""
    taken = []
    for instant in instants:
        with bootstrap.open_hub(Settings(), hub.dsn, clock=lambda at=instant: at) as opened:
            taken.append(seal_due(opened.begin, signer=SIGNER))
    yield taken


def test_seal_is_due_a_minute_after_the_last_one_and_takes_all_there_is(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mdm.hub.sealing.seals.MOST", 2)
    now = utc_now()
    act(hub, "s/1")
    with at_times(hub, now) as taken:
        assert taken == [1]
    act(hub, "s/2", "s/3", "s/4")
    with at_times(hub, now + timedelta(seconds=59), now + timedelta(seconds=60)) as taken:
        assert taken == [0, 3]
    assert hub.rows(SEALS) == [(1, 1, 1), (2, 2, 3), (3, 4, 4)]
    act(hub, "s/5")
    with at_times(hub, now - timedelta(hours=1)) as taken:  # the clock was set back
        assert taken == [1]
    assert verified(hub).clean


def test_lag_is_the_age_of_the_oldest_action_without_a_seal(chained: HubUnderTest) -> None:
    later = utc_now() + timedelta(seconds=90)
    with bootstrap.open_hub(Settings(), chained.dsn, clock=lambda: later) as opened, opened.begin() as work:
        assert 90 < lag(work) < 150
        seal(work, signer=SIGNER)
        assert lag(work) == 0


def test_action_that_commits_late_goes_into_a_later_seal(hub: HubUnderTest) -> None:
    with hub.hub.begin_as(ANNA) as slow:
        log_action(slow, action="task.decided", subject="slow")
        act(hub, "fast")
        assert sealed(hub) == 1
    act(hub, "next")
    assert sealed(hub) == 2
    assert [subject for (subject,) in hub.rows(ORDER)] == ["fast", "slow", "next"]
    assert verified(hub).clean


def test_writers_and_two_sealers_at_once_make_one_chain(hub: HubUnderTest) -> None:
    stop = threading.Event()

    def keep_sealing() -> None:
        while not stop.is_set():
            sealed(hub)

    with ThreadPoolExecutor(6) as pool:
        sealers = [pool.submit(keep_sealing) for _ in range(2)]
        writers = [pool.submit(act, hub, *(f"{writer}/{n}" for n in range(25))) for writer in range(4)]
        for writer in writers:
            writer.result()
        stop.set()
        for sealer in sealers:
            sealer.result()
    sealed(hub)
    report = verified(hub)
    assert (report.actions, report.unsealed, report.findings) == (100, 0, [])
    assert report.seals > 2
    assert hub.rows("SELECT count(*) FROM publishers.outbox") == [(report.seals,)]


def test_seal_of_a_work_that_fails_leaves_everything_to_the_next(hub: HubUnderTest) -> None:
    act(hub, "s/1")

    def fail() -> None:
        with hub.hub.begin() as work:
            seal(work, signer=SIGNER)
            raise MdmError("the connection went away")

    with pytest.raises(MdmError):
        fail()
    assert hub.rows("SELECT count(*) FROM publishers.outbox") == [(0,)]
    assert sealed(hub) == 1


def test_chain_goes_on_under_another_key_only_if_the_one_before_is_trusted(chained: HubUnderTest) -> None:
    successor = Signer.made()
    with pytest.raises(BrokenChain, match=SIGNER.public_key):
        sealed(chained, successor)
    with chained.hub.begin() as work:
        assert seal(work, signer=successor, trusted={SIGNER.public_key}) == 1


def test_chain_that_lost_its_end_is_not_continued(chained: HubUnderTest) -> None:
    chained.rows(
        "INSERT INTO publishers.head SELECT subject, version, id, digest, 3, headers, data, now()"
        " FROM publishers.outbox WHERE version = 3 RETURNING 1"
    )
    chained.rows("DELETE FROM action_seal WHERE number = 3 RETURNING 1")
    with pytest.raises(BrokenChain, match=r"Seal 3 .* was published, but the newest in the database is 2"):
        sealed(chained)
    assert "seal 3 is missing at the end, with the 2 actions in it" in verified(chained).findings


def test_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "audit-key.pem"
    with pytest.raises(Unavailable, match="MDM_AUDIT_KEY"):
        signer_of(path)
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: signer_of(path, make=True).public_key, range(4)))
    assert made == {signer_of(path).public_key}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["audit-key.pem"]


def test_files_that_hold_no_keys_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no key")
    with pytest.raises(InvalidInput, match=r"broken\.pem"):
        signer_of(broken)
    for path in (broken, tmp_path / "nowhere.pem"):
        with pytest.raises(InvalidInput, match=path.name):
            trusted_keys(path)
    broken.write_text(SIGNER.public_pem())
    assert trusted_keys(broken) == {SIGNER.public_key}
    assert trusted_keys(None) == set()
