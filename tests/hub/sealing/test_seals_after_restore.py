from collections.abc import Iterator
from dataclasses import replace

import pytest

from mdm.core.signing import Signer
from mdm.errors import BrokenChain
from mdm.hub.sealing import Published, take_over
from publishers import Stored
from tests.hub.sealing.chains import SIGNER, act, sealed, verified
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.servers import ForgetfulPostgres

EVENTS = "SELECT subject, headers, data, seq, created_at FROM publishers.outbox ORDER BY version"
POSITIONS = "SELECT subject, position FROM action_log ORDER BY position, id"


def stream_of(hub: HubUnderTest) -> list[Stored]:
    """Publish everything: what the stream would hold then."""
    return [Stored(*row) for row in hub.rows(EVENTS)]


@pytest.fixture
def restored(chained: HubUnderTest, postgres_server: ForgetfulPostgres) -> Iterator[tuple[HubUnderTest, list[Stored]]]:
    """The hub as it was at seal 3 with action 8 waiting; the stream has gone on to seal 5."""
    name = chained.dsn.rpartition("/")[2]
    postgres_server.disconnect(name)
    backup = postgres_server.create(template=name)
    act(chained, "s/9")
    sealed(chained)
    act(chained, "s/10", "s/11")
    sealed(chained)
    with opened_hub(backup, prepared=True) as hub:
        yield hub, stream_of(chained)
    postgres_server.drop(backup)


def taken_over(hub: HubUnderTest, stream: list[Stored], *, signer: Signer = SIGNER) -> tuple[int, int]:
    with hub.hub.begin() as work:
        done = take_over(work, stream, trusted={signer.public_key}, reason="the disk was lost")
    return done.seals, done.lost


def test_seals_come_back_and_what_is_lost_is_named(restored: tuple[HubUnderTest, list[Stored]]) -> None:
    hub, stream = restored
    assert taken_over(hub, stream) == (2, 3)
    report = verified(hub, published=Published(5, [stored.data for stored in stream]))
    assert (report.findings, report.lost, report.seals) == ([], 3, 5)
    assert hub.rows(POSITIONS)[7:] == [("s/8", 8), ("action-log", None)]


def test_chain_goes_on_above_the_published_seals(restored: tuple[HubUnderTest, list[Stored]]) -> None:
    hub, stream = restored
    act(hub, "s/after")
    sealed(hub)  # as seal 4, which the stream has already
    taken_over(hub, stream)
    assert sealed(hub) == 2
    assert hub.rows("SELECT version FROM publishers.outbox WHERE published_at IS NULL ORDER BY version")[-1] == (6,)
    assert verified(hub).clean
    assert taken_over(hub, stream) == (0, 0)


def test_seal_that_was_damaged_and_repaired_counts_once(restored: tuple[HubUnderTest, list[Stored]]) -> None:
    hub, stream = restored
    damaged = [*stream[:4], replace(stream[4], data=b"\x00" + stream[4].data[1:]), stream[4], stream[4]]
    assert taken_over(hub, damaged) == (2, 3)
    assert verified(hub).clean


def test_damaged_seal_without_a_whole_one_is_not_passed_over(restored: tuple[HubUnderTest, list[Stored]]) -> None:
    hub, stream = restored
    with pytest.raises(BrokenChain, match="no genuine seal"):
        taken_over(hub, [*stream[:3], replace(stream[3], data=b"{}"), stream[4]])


def test_action_that_is_missing_and_not_admitted_is_still_found(restored: tuple[HubUnderTest, list[Stored]]) -> None:
    hub, stream = restored
    taken_over(hub, stream)
    with hub.hub.begin() as work:
        work.connection.execute("DELETE FROM action_log WHERE position = 8")
    assert verified(hub).findings == ["action 8 is missing from seal 4"]


def test_stream_of_somebody_else_is_not_taken_over(restored: tuple[HubUnderTest, list[Stored]]) -> None:
    hub, stream = restored
    with pytest.raises(BrokenChain, match="not trusted"):
        taken_over(hub, stream, signer=Signer.made())
    with pytest.raises(BrokenChain, match="do not continue"):
        taken_over(hub, stream[4:])
