"""The suite for consumers: good ones pass it, and of bad ones it names the rule they break."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mdm.embedded import binaries
from publishers.conformance import CannotTry, Consumer, Place, Report, try_consumer
from publishers.conformance.plugin import Conformance, conformance, conformance_place  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.anyio, pytest.mark.nats]
HERE = Path(__file__).parent
PLAIN = HERE / "plain_consumer.py"
EXAMPLE = HERE.parents[2] / "docs" / "examples" / "erp_suppliers.py"
FAULTS = {
    "begins with what is new": "bootstrap",
    "applies older versions": "versions",
    "waits for missing versions": "gaps",
    "believes who speaks last": "links",
    "drops ends of links": "links",
    "dies of unknown fields": "unknown",
    "dies of foreign messages": "foreign",
    "acknowledges before it commits": "killed",
    "is held up by poison": "poison",
    "does not notice another stream": "rebuilt",
    "does not stop": "stops",
}
IN_THE_SUITE = {"applies older versions"}
Trial = Callable[..., Report]


def plain(folder: Path, fault: str = "") -> Consumer:
    file = str(folder / "plain.db")
    command = [sys.executable, str(PLAIN), file, "{nats}", "{stream}", "{subjects}", *([fault] if fault else [])]
    return Consumer(command, [sys.executable, str(PLAIN), file])


def example(folder: Path) -> Consumer:
    start = [sys.executable, str(EXAMPLE)]
    follow = [*start, "follow", "--nats", "{nats}", "--stream", "{stream}", "--subjects", "{subjects}"]
    file = ["--file", str(folder / "erp.db")]
    return Consumer([*follow, "--bodies", "{bodies}", "--ack-wait", "2", *file], [*start, "show", *file])


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        pytest.param(fault, rule, marks=[] if fault in IN_THE_SUITE else pytest.mark.chaos)
        for fault, rule in FAULTS.items()
    ],
)
async def test_broken_rule_is_named(nats_url: str, tmp_path: Path, fault: str, rule: str) -> None:
    report = await try_consumer(plain(tmp_path, fault), Place(url=nats_url), patience=8, only=[rule])
    assert report.broken == (rule,), str(report)
    assert f"BROKEN     {rule}" in str(report)


async def test_example_keeps_the_rules_of_every_day(nats_url: str, tmp_path: Path) -> None:
    rules = ["merges", "links"]
    report = await try_consumer(example(tmp_path), Place(url=nats_url), only=rules)
    assert [finding.state for finding in report.findings] == ["kept"] * 2, str(report)


@pytest.mark.chaos
@pytest.mark.parametrize("made", [plain, example])
async def test_good_consumer_keeps_every_rule(tmp_path: Path, made: Callable[[Path], Consumer]) -> None:
    report = await try_consumer(made(tmp_path), Place(program=binaries.nats_server()))
    tried = [finding.rule for finding in report.findings if finding.state != "not tried"]
    assert (report.broken, len(tried)) == ((), len(report.findings) - (made is plain)), str(report)


async def test_stream_that_is_there_is_left_alone(nats_url: str, jetstream: object, tmp_path: Path) -> None:
    with pytest.raises(CannotTry, match="TEST exists"):
        await try_consumer(plain(tmp_path), Place(url=nats_url, stream="TEST"))


async def test_query_that_tells_nothing_is_reported(nats_url: str, tmp_path: Path) -> None:
    dumb = Consumer([sys.executable, "-c", "import time; time.sleep(60)"], [sys.executable, "-c", "print('?')"])
    report = await try_consumer(dumb, Place(url=nats_url), patience=0.5, only=["bootstrap"])
    assert report.broken == ("bootstrap",)
    assert "must print an object with `masters` or `records`" in str(report)


@pytest.mark.chaos
def test_command_prints_the_report(tmp_path: Path) -> None:
    consumer = plain(tmp_path, "applies older versions")
    words = ["--command", " ".join(f"'{word}'" for word in consumer._command), "--query", " ".join(consumer._query)]
    asked = [sys.executable, "-m", "publishers.conformance", "--nats-server", str(binaries.nats_server()), *words]
    ended = subprocess.run(
        [*asked, "--rule", "versions", "--rule", "gaps"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stdout.startswith("BROKEN     versions: a version that is not greater")
    assert "KEPT       gaps" in ended.stdout


@pytest.fixture
def conformance_place(nats_url: str) -> Place:  # noqa: F811 (the place of our own server)
    return Place(url=nats_url)


@pytest.mark.chaos
def test_fixture_fails_with_the_rule(conformance: Conformance, tmp_path: Path) -> None:  # noqa: F811
    consumer = plain(tmp_path, "believes who speaks last")
    with pytest.raises(AssertionError, match="BROKEN     links"):
        conformance(consumer._command, consumer._query, patience=8, only=["links"])
