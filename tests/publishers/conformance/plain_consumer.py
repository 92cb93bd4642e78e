"""A consumer without the kit that keeps the rules, or breaks one on purpose: FILE NATS STREAM SUBJECTS [FAULT]."""

import asyncio
import json
import signal
import sqlite3
import sys

import nats
from nats.aio.msg import Msg
from nats.js import api
from nats.js.errors import NotFoundError

FIELDS = {
    "domain", "master", "version", "recorded_at", "effective_at", "effective", "release", "identity", "crosswalk",
    "slices", "changes", "cause",
}  # fmt: skip
TABLES = """
CREATE TABLE IF NOT EXISTS master (id TEXT PRIMARY KEY, version INTEGER, status TEXT, name TEXT);
CREATE TABLE IF NOT EXISTS link (record TEXT PRIMARY KEY, number INTEGER, master TEXT, linked INTEGER);
"""


def opened(file: str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, timeout=10)
    connection.executescript("PRAGMA journal_mode = WAL;" + TABLES)
    return connection


def save(connection: sqlite3.Connection, message: Msg, fault: str) -> None:
    try:
        version = int((message.headers or {})["ce-version"])
        master = message.subject.rpartition(".")[2]
    except (KeyError, ValueError):
        if fault == "dies of foreign messages":
            raise
        return
    body = json.loads(message.data)
    if fault == "dies of unknown fields" and not FIELDS.issuperset(body):
        raise ValueError("unknown fields")
    known = connection.execute("SELECT version FROM master WHERE id = ?", (master,)).fetchone()
    if known and known[0] >= version and fault != "applies older versions":
        return
    if known and known[0] + 1 != version and fault == "waits for missing versions":
        return
    name = body["slices"][0]["attributes"]["name"]
    row = (master, version, body["identity"]["status"], name)
    connection.execute("INSERT OR REPLACE INTO master VALUES (?, ?, ?, ?)", row)
    for link in body["crosswalk"]:
        if fault == "drops ends of links" and not link["linked"]:
            continue
        number = 0 if fault == "believes who speaks last" else link["link_no"]
        connection.execute(
            "INSERT INTO link VALUES (?, ?, ?, ?) ON CONFLICT (record) DO UPDATE SET number = excluded.number,"
            " master = excluded.master, linked = excluded.linked WHERE excluded.number >= number",
            (f"{link['source']}/{link['key']}", number, master, link["linked"]),
        )


async def answer(connection: sqlite3.Connection, messages: list[Msg], fault: str) -> None:
    if fault == "acknowledges before it commits":
        for message in messages:
            await message.ack()
        await asyncio.sleep(0.2)
    connection.execute("BEGIN IMMEDIATE")
    for message in messages:
        try:
            save(connection, message, fault)
        except json.JSONDecodeError:
            if fault == "is held up by poison":
                raise
            await message.term()
    connection.execute("COMMIT")
    for message in messages:
        if not message.is_acked:
            await message.ack()


async def follow(file: str, url: str, stream: str, subjects: str, fault: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        handler = (lambda: None) if fault == "does not stop" else stop.set
        asyncio.get_running_loop().add_signal_handler(number, handler)
    connection = opened(file)
    client = await nats.connect(url, max_reconnect_attempts=-1, reconnect_time_wait=0.2)
    jetstream = client.jetstream()
    policy = "new" if fault == "begins with what is new" else "last_per_subject"
    config = api.ConsumerConfig(durable_name="plain", deliver_policy=policy, ack_policy="explicit", ack_wait=1)
    while not stop.is_set():
        try:
            pull = await jetstream.pull_subscribe(subjects, durable="plain", stream=stream, config=config)
            while not stop.is_set():
                try:
                    messages = await pull.fetch(10, timeout=0.3)
                except TimeoutError:
                    await jetstream.consumer_info(stream, "plain")
                    continue
                await answer(connection, messages, fault)
        except (NotFoundError, nats.errors.Error):
            if fault == "does not notice another stream":
                await stop.wait()
            await asyncio.sleep(0.2)
    await client.close()


def show(file: str) -> None:
    connection = opened(file)
    rows = connection.execute("SELECT id, version, name FROM master WHERE status <> 'merged'")
    masters = {master: {"version": version, "attributes": {"name": name}} for master, version, name in rows}
    print(
        json.dumps(
            {"masters": masters, "records": dict(connection.execute("SELECT record, master FROM link WHERE linked"))}
        )
    )


if __name__ == "__main__":
    if len(sys.argv) == 2:
        show(sys.argv[1])
    else:
        asyncio.run(follow(*sys.argv[1:5], fault=(sys.argv[5:] or [""])[0]))
