"""Who may do what on a server: an account for each party, joined to the owner's by nothing but what it needs.

Permissions inside one account are not enough: whoever may ask JetStream anything names the subject of the answer, and
the server publishes there, into any stream of that account. Answers that cross accounts stay in that of the asker.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass

import nkeys

from publishers.jetstream.consumers import ConsumerPlan

OWNER = "HUB"
DOMAIN = "mdm"  # JetStream domain the parties name; must not be one that a server has
API = "$JS.API"


@dataclass(frozen=True, slots=True)
class Service:
    """Subjects of the owner that a party may ask, seen by it under an `alias` if given; `many` answers may come."""

    subject: str
    alias: str | None = None
    many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody with a public key (an nkey of type user), what it may ask of the owner and what it hears from it."""

    account: str
    key: str
    services: tuple[Service, ...]
    heard: tuple[str, ...] = ()


def reader(account: str, *, key: str, consumers: Sequence[ConsumerPlan]) -> Party:
    """Return a party that may read through these consumers, and make those of one subject again.

    Creating one of several subjects cannot be confined to them: the owner has to provision it.
    """
    services: list[Service] = []
    for plan in consumers:
        place = f"{plan.stream}.{plan.name}"
        services += [
            _api(f"CONSUMER.INFO.{place}"),
            _api(f"CONSUMER.MSG.NEXT.{place}", many=True),
            Service(f"$JS.ACK.{place}.>"),
        ]
        if len(plan.subjects) == 1:
            services += [_api(f"CONSUMER.CREATE.{place}.{plan.subjects[0]}"), _api(f"CONSUMER.DELETE.{place}")]
    return Party(account=account, key=key, services=tuple(services))


def sender(account: str, *, key: str, subjects: str, heard: str) -> Party:
    """Return a party that may store messages on some subjects, and hear on others what became of them."""
    return Party(account=account, key=key, services=(Service(subjects),), heard=(heard,))


def configuration(*, owner_key: str, parties: Sequence[Party]) -> str:
    """Write the accounts for the server's configuration, to be included there."""
    exports = [line for party in parties for line in _exports(party)]
    lines = [
        "accounts {",
        f"  {OWNER} {{",
        "    jetstream: enabled",
        f"    users: [{{nkey: {owner_key}}}]",
        *_listed("exports", exports),
        "  }",
        *(line for party in parties for line in _account(party)),
        "  SYS {}",
        "}",
        "system_account: SYS",
    ]
    return "\n".join(lines) + "\n"


def new_seed() -> str:
    """Make the secret seed of a new key."""
    seed: bytes = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)  # type: ignore[no-untyped-call]
    return seed.decode()


def public_key(seed: str) -> str:
    """Return the public key of a seed; raise ValueError if it is none."""
    try:
        pair = nkeys.from_seed(bytearray(seed.strip().encode()))  # type: ignore[no-untyped-call]
    except nkeys.NkeysError as error:
        raise ValueError(f"it is no seed of an nkey ({type(error).__name__})") from error
    return str(pair.public_key.decode())


def _api(call: str, *, many: bool = False) -> Service:
    return Service(f"{API}.{call}", f"$JS.{DOMAIN}.API.{call}", many)


def _exports(party: Party) -> list[str]:
    accounts = f"accounts: [{party.account}]"
    streaming = {True: ", response_type: stream", False: ""}
    return [
        *(f"{{service: {_quoted(s.subject)}{streaming[s.many]}, {accounts}}}" for s in party.services),
        *(f"{{stream: {_quoted(subject)}, {accounts}}}" for subject in party.heard),
    ]


def _account(party: Party) -> list[str]:
    imports = [
        f"{{service: {{account: {OWNER}, subject: {_quoted(service.subject)}}}"
        + (f", to: {_quoted(service.alias)}}}" if service.alias else "}")
        for service in party.services
    ]
    imports += [f"{{stream: {{account: {OWNER}, subject: {_quoted(subject)}}}}}" for subject in party.heard]
    return [
        f"  {party.account} {{",
        f"    users: [{{nkey: {party.key}}}]",
        *_listed("imports", imports),
        "  }",
    ]


def _listed(name: str, entries: Sequence[str]) -> list[str]:
    return [f"    {name}: [", *(f"      {entry}" for entry in entries), "    ]"] if entries else []


def _quoted(subject: str) -> str:
    return json.dumps(subject)
