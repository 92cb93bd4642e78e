import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mdm import streams
from mdm.entrypoints.cli.audit import verified
from mdm.entrypoints.workers import clock, keep_time
from mdm.entrypoints.workers.clock import Duty, duties
from mdm.errors import Unavailable
from mdm.hub.sealing import signer_of, verify
from mdm.settings import Settings
from tests.hub.sealing.chains import act
from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts, wait_until


def sealing_duty(settings: Settings) -> Duty:
    return next(duty for duty in duties(settings) if duty.name == "seal")


def sealed(hub: HubUnderTest) -> int:
    return hub.rows("SELECT count(*) FROM action_log WHERE position IS NOT NULL")[0][0]


def turns_until(hub: HubUnderTest, stop: threading.Event, *taking: Duty) -> list[str]:
    """Keep time until told to stop and return the names of what was logged."""
    with capture_logs() as entries:
        keep_time(hub.hub, stop, taking=taking)
    return [entry["event"] for entry in entries]


def counting(stop: threading.Event, *, last: int, error: Exception | None = None) -> tuple[list[int], Callable]:
    """A turn that counts itself, fails if it is told to, and stops the clock after the last."""
    taken: list[int] = []

    def turn(_: object) -> int:
        taken.append(len(taken) + 1)
        if len(taken) == last:
            stop.set()
        if error is not None:
            raise error
        return 1

    return taken, turn


@pytest.mark.parametrize(
    ("error", "said"), [(Unavailable("gone"), "duty_postponed"), (ZeroDivisionError(), "duty_failed")]
)
def test_duty_that_fails_rests_and_the_others_go_on(hub: HubUnderTest, error: Exception, said: str) -> None:
    stop = threading.Event()
    failed, failing = counting(stop, last=99, error=error)
    done, doing = counting(stop, last=5)
    assert turns_until(hub, stop, Duty("broken", failing), Duty("sound", doing)) == [said]
    assert (len(failed), len(done)) == (1, 5)


def test_duty_that_failed_is_tried_again_after_ever_longer_rests(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "PAUSE", 0.001)
    stop = threading.Event()
    failed, failing = counting(stop, last=4, error=ZeroDivisionError())
    duty = Duty("broken", failing)
    duty.rest = 0.001
    turns_until(hub, stop, duty)
    assert (len(failed), duty.rest) == (4, 0.016)


def test_clock_seals_with_a_key_of_its_own_making(hub: HubUnderTest, tmp_path: Path) -> None:
    act(hub, "s/1")
    seal = sealing_duty(Settings(data_dir=tmp_path))
    assert (seal.turn(hub.hub), seal.turn(hub.hub)) == (1, 0)
    key = signer_of(tmp_path / "audit-key.pem").public_key
    with hub.hub.begin() as work:
        assert verify(work, trusted={key}).clean


def test_key_that_is_named_is_not_made(hub: HubUnderTest, tmp_path: Path) -> None:
    seal = sealing_duty(Settings(audit_key=tmp_path / "mine.pem"))
    with pytest.raises(Unavailable, match=r"mine\.pem"):
        seal.turn(hub.hub)


@pytest.mark.parametrize(
    ("point", "sealed_before"), [pytest.param("sealed", 0, marks=pytest.mark.chaos), ("seal_committed", 2)]
)
def test_clock_and_relay_killed_between_sealing_and_publishing_leave_one_whole_chain(
    hub: HubUnderTest, nats_url: str, tmp_path: Path, point: str, sealed_before: int
) -> None:
    parts = RunningParts(hub, nats_url)
    act(hub, "s/1", "s/2")
    assert parts.start("clock", data_dir=tmp_path, kill_at=point).wait(30) == -signal.SIGKILL
    assert sealed(hub) == sealed_before
    with parts.running("clock", "clock", data_dir=tmp_path):
        wait_until(lambda: sealed(hub) == 2)
    assert parts.start("relay", kill_at="after_publish").wait(30) == -signal.SIGKILL
    parts.let_lease_run_out()
    with parts.running("relay"):
        parts.wait_until_settled()
    settings = Settings(data_dir=tmp_path, postgres_dsn=hub.dsn, nats_url=nats_url)
    report = verified(hub.hub, settings, against_stream=True)
    assert (report.seals, report.actions, report.findings) == (1, 2, [])


def test_seals_go_to_a_stream_of_their_own_that_keeps_them_all() -> None:
    plan = streams.audit(Settings(audit_stream="OTHER"))
    assert (plan.name, plan.subjects, plan.max_messages_per_subject) == ("OTHER", ("mdm.audit.v1.>",), -1)
