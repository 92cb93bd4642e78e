"""What a careful steward knows after reading the exports: the records as they stand, and what two of them share."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from anyascii import anyascii
from rapidfuzz import fuzz

from mdm.demo import Manifest
from mdm.errors import InvalidInput
from mdm.sources import SourceFact, load_mappings

Key = tuple[str, str, str]
WORDS = """gmbh co kg ag mbh ohg ug srl spa snc sas sarl sa eurl sl slu sp z o o sro as ltd limited inc llc corp plc
    sti ood"""
FORMS = frozenset(WORDS.split())
PUBLIC = ("gmail.com", "outlook.com", "web.de", "gmx.de", "t-online.de", "libero.it", "orange.fr", "wp.pl", "onet.pl")


@dataclass
class Reading:
    """Everything the exports of a folder say."""

    facts: dict[Key, list[SourceFact]] = field(default_factory=lambda: defaultdict(list))
    broken: list[InvalidInput] = field(default_factory=list)

    def records(self) -> dict[Key, dict[str, Any]]:
        """Return the attributes of every live record as they stand today."""
        states = {key: _fold(facts) for key, facts in self.facts.items()}
        return {key: state for key, state in states.items() if state is not None}


def read(manifest: Manifest) -> Reading:
    """Read all files in load order."""
    registry, reading = load_mappings(), Reading()
    for source, path in manifest.files:
        feed = registry.feed_for(source, path)
        rows = feed.open(manifest.folder / path)
        for row in rows:
            try:
                fact = feed.interpret(row.raw, rows.context)
            except InvalidInput as error:
                reading.broken.append(error)
            else:
                reading.facts[fact.domain, fact.source, fact.key].append(fact)
    return reading


def _fold(facts: list[SourceFact]) -> dict[str, Any] | None:
    state: dict[str, Any] | None = None
    for fact in sorted(facts, key=lambda fact: (fact.version or 0, fact.source_time)):
        if fact.operation == "delete":
            state = None
        elif fact.effective_from is None:
            state = {**(state or {}), **fact.attributes} if fact.operation == "partial" else fact.attributes
    return state


@dataclass(frozen=True)
class Shared:
    """What two records share."""

    name: bool
    street: bool
    phone: bool
    mail: bool
    number: bool

    @property
    def convincing(self) -> bool:
        """Whether a person would call them the same: a name and a proof, or two proofs."""
        ways = self.street + self.phone + self.mail
        return (self.name and (ways > 0 or self.number)) or (self.number and ways > 0) or ways > 1


def compare(left: dict[str, Any], right: dict[str, Any]) -> Shared:
    """Compare two records as a person would, across scripts and spellings."""
    return Shared(
        name=any(fuzz.token_set_ratio(a, b) >= 80 for a in core_names(left) for b in core_names(right)),
        street=_same_street(left.get("address") or {}, right.get("address") or {}),
        phone=bool(_phones(left) & _phones(right)),
        mail=bool(_mails(left) & _mails(right)),
        number=bool(_numbers(left) & _numbers(right)),
    )


@cache
def plain(text: str) -> str:
    return " ".join(re.sub("[^a-z0-9]", " ", anyascii(text).lower()).split())


def core_names(record: dict[str, Any]) -> list[str]:
    names = [plain(record[name]) for name in ("name", "name_local", "trade_name") if record.get(name)]
    return [" ".join(word for word in name.split() if word not in FORMS) or name for name in names]


def _same_street(left: dict[str, str], right: dict[str, str]) -> bool:
    streets = [plain(address.get("street", "")) for address in (left, right)]
    same_code = left.get("postal_code", "-") == right.get("postal_code")
    same_city = fuzz.ratio(plain(left.get("city", "")), plain(right.get("city", ""))) >= 70
    return all(streets) and fuzz.ratio(*streets) >= 70 and (same_code or same_city)


def _phones(record: dict[str, Any]) -> set[str]:
    numbers = [record.get("phone"), *(contact.get("phone") for contact in record.get("contacts") or ())]
    digits = [re.sub("[^0-9]", "", number) for number in numbers if number]
    return {number[-7:] for number in digits if len(number) >= 7 and number.strip("0")}


def _mails(record: dict[str, Any]) -> set[str]:
    mails = {record.get("email"), *(contact.get("email") for contact in record.get("contacts") or ())} - {None}
    mails = {mail.lower().replace(" ", "") for mail in mails if "example" not in mail and "none" not in mail}
    hosts = {mail.split("@")[-1] for mail in mails} | {re.sub("^(https?://)?(www.)?", "", record.get("website") or "")}
    return mails | (hosts - {"", *PUBLIC, "na.com", "angabe.de"})


def _numbers(record: dict[str, Any]) -> set[str]:
    numbers = [record[name] for name in ("vat_id", "tax_number", "duns", "gln", "lei") if record.get(name)]
    numbers += [account["iban"] for account in record.get("bank_accounts") or ()]
    compact = {re.sub("[^A-Z0-9]", "", number.upper()) for number in numbers}
    return {number.removesuffix("MWST")[-8:] for number in compact if len(number) >= 8 and "99999" not in number}
