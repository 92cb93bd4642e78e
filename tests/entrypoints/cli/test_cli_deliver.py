import asyncio
from pathlib import Path

import orjson
import pytest

from mdm import streams
from mdm.entrypoints.cli import main
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker, provision

FACTS = [{"domain": "supplier", "key": "1"}, {"domain": "customer", "key": "2"}]


async def kept(url: str) -> list[tuple[str, str]]:
    async with JetStreamBroker(url, "MDM_DELIVERIES", name="test") as broker:
        await provision(broker, streams.deliveries(Settings()))
        context = await broker.context()
        messages = [await context.get_msg("MDM_DELIVERIES", n + 1) for n in range((await broker.info()).state.last_seq)]
        return sorted((m.subject, (m.headers or {})["Mdm-Message-Id"].partition(":")[2]) for m in messages)


def test_lines_go_to_the_subjects_of_their_domains(
    nats_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facts.jsonl"
    file.write_bytes(b"\n\n".join(map(orjson.dumps, FACTS)))
    assert asyncio.run(kept(nats_url)) == []
    assert main(["deliver", "erp", str(file), "--nats", nats_url]) == 0
    assert asyncio.run(kept(nats_url)) == [
        ("mdm.deliveries.v1.erp.customer", "3"),
        ("mdm.deliveries.v1.erp.supplier", "1"),
    ]
    assert "2 messages are stored" in capsys.readouterr().out


def test_file_without_domains_is_refused_before_anything_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facts.jsonl"
    file.write_bytes(orjson.dumps(FACTS[0]) + b'\n{"key": "2"}')
    assert main(["deliver", "erp", str(file), "--nats", "nats://127.0.0.1:1"]) == 2
    assert "Line 2 is no fact" in capsys.readouterr().err


def test_line_that_is_not_json_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "facts.jsonl"
    file.write_bytes(orjson.dumps(FACTS[0]) + b"\nkey;2")
    assert main(["deliver", "erp", str(file), "--nats", "nats://127.0.0.1:1"]) == 2
    assert "Line 2 is not JSON" in capsys.readouterr().err


@pytest.mark.parametrize(("source", "domain"), [("erp.x", "supplier"), ("erp", "sup plier"), ("*", "supplier")])
def test_names_that_would_make_another_subject_are_refused(
    source: str, domain: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facts.jsonl"
    file.write_bytes(orjson.dumps(FACTS[0]))
    assert main(["deliver", source, str(file), "--domain", domain, "--nats", "nats://127.0.0.1:1"]) == 1
    assert "cannot be part of a subject" in capsys.readouterr().err
