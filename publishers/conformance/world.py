"""Scripted histories of masters: the messages to publish, and what a consumer must know after them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from publishers.event import Event

DOMAIN = "supplier"
Links = dict[str, tuple[int, bool]]


@dataclass(slots=True)
class Master:
    """A master as its next event will tell."""

    id: str
    subject: str
    version: int = 0
    status: str = "active"
    merged_into: str | None = None
    links: Links = field(default_factory=dict)
    told: dict[int, dict[str, Any]] = field(default_factory=dict)  # the attributes by version
    extra: dict[str, Any] = field(default_factory=dict)  # attributes no reader has heard of


class World:
    """Masters and records of one rule; nothing of it occurs in another."""

    def __init__(self, root: str, name: str) -> None:
        """Make masters whose subjects are `root`.supplier.<id>."""
        self._root = root
        self._name = name
        self._numbers: dict[str, int] = {}
        self.masters: list[Master] = []

    def master(self, *records: str) -> Master:
        """Make a master with records of its own, named `source/key`."""
        identity = str(uuid4())
        made = Master(identity, f"{self._root}.{DOMAIN}.{identity}")
        self.masters.append(made)
        for record in records:
            self.link(record, made)
        return made

    def link(self, record: str, master: Master) -> None:
        """Let a record belong to a master from now on; it leaves the one it was with."""
        self.unlink(record)
        self._numbers[record] = number = self._numbers.get(record, 0) + 1
        master.links[record] = (number, True)

    def unlink(self, record: str) -> None:
        """Let a record leave its master."""
        for master in self.masters:
            if record in master.links:
                master.links[record] = (master.links[record][0], False)

    def merge(self, loser: Master, survivor: Master) -> None:
        """Merge one master into another, with all its records."""
        for record, (_, linked) in list(loser.links.items()):
            if linked:
                self.link(record, survivor)
        loser.status, loser.merged_into = "merged", survivor.id

    def event(self, master: Master, *, type: str = "golden.changed", skip: int = 0, **body: Any) -> Event:  # noqa: A002
        """Return the event of a master's next version, or of one further on."""
        master.version += 1 + skip
        name = f"{self._name} {len(self.masters)} in version {master.version}"
        told = {"name": name, "country": "DE", "address": {"city": f"City {master.version}", "street": "Main St 1"}}
        master.told[master.version] = told
        now = datetime.now(UTC)
        data = {**self._body(master, told, now), **body}
        return Event(
            id=uuid4(),
            type=type,
            subject=master.subject,
            version=master.version,
            time=now,
            source="urn:conformance",
            data=json.dumps(data).encode(),
        )

    def events(self, *masters: Master) -> Iterator[Event]:
        """Yield the next event of each of these masters, of all if none is named."""
        for master in masters or self.masters:
            yield self.event(master)

    def owners(self) -> dict[str, str | None]:
        """Return the master of every record by the highest link number, None for records without one."""
        owners: dict[str, tuple[int, str | None]] = {}
        for master in self.masters:
            for record, (number, linked) in master.links.items():
                if number >= owners.get(record, (0, None))[0]:
                    owners[record] = (number, master.id if linked else None)
        return {record: owner for record, (_, owner) in owners.items()}

    def _body(self, master: Master, told: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        at = now.isoformat().replace("+00:00", "Z")
        provenance = {name: {"record": "conformance/1", "rule": "most_recent"} for name in told}
        return {
            "domain": DOMAIN,
            "master": master.id,
            "version": master.version,
            "recorded_at": at,
            "effective_at": at,
            "effective": True,
            "release": 1,
            "identity": {"status": master.status, "merged_into": master.merged_into, "absorbed": [], "split_to": []},
            "crosswalk": [
                dict(zip(("source", "key"), record.split("/"), strict=True), link_no=number, linked=linked)
                for record, (number, linked) in master.links.items()
            ],
            "slices": [
                {
                    "valid_from": None,
                    "valid_to": None,
                    "attributes": {**told, **master.extra},
                    "provenance": provenance,
                }
            ],
            "changes": {},
            "cause": {"kind": "delivery", "deliveries": [1]},
        }


def differences(world: World, state: Mapping[str, Any]) -> list[str]:
    """Say in words how the state a consumer shows differs from what the events of a world have told."""
    return [*_master_differences(world, state), *_record_differences(world, state)]


def shown_version(master: Master, shown: Mapping[str, Any]) -> int:
    """Return the newest version that agrees with what a consumer shows of a master, 0 for none."""
    agreeing = [v for v, told in master.told.items() if not _disagreements(v, told, shown)]
    return max(agreeing, default=0)


def _master_differences(world: World, state: Mapping[str, Any]) -> Iterator[str]:
    masters = state.get("masters")
    if masters is None:
        return
    for master in world.masters:
        shown = masters.get(master.id)
        if master.status == "merged":
            if shown is not None and shown.get("merged_into") != master.merged_into:
                yield f"master {master.id} was merged into {master.merged_into}, and is still there"
        elif shown is None:
            yield f"master {master.id} is missing; its version {master.version} was published"
        else:
            for said in _disagreements(master.version, master.told[master.version], shown):
                yield f"master {master.id} at version {master.version}: {said}"


def _disagreements(version: int, told: Mapping[str, Any], shown: Mapping[str, Any]) -> list[str]:
    found = []
    if "version" in shown and shown["version"] != version:
        found.append(f"version {shown['version']} is shown")
    for name, value in (shown.get("attributes") or {}).items():
        if name in told and value != told[name]:
            found.append(f"{name} is {value!r}, not {told[name]!r}")
    return found


def _record_differences(world: World, state: Mapping[str, Any]) -> Iterator[str]:
    records = state.get("records")
    if records is None:
        return
    for record, owner in world.owners().items():
        if records.get(record) != owner:
            yield f"record {record} belongs to {owner or 'no master'}, not to {records.get(record) or 'none'}"
