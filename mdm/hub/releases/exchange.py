"""Releases between installations: as one file that says where it comes from, and a draft where it arrives."""

from collections.abc import Mapping
from typing import Any

import orjson

from mdm.core.ids import canonical_json, digest
from mdm.core.security import Permission
from mdm.errors import InvalidInput
from mdm.hub.releases.approving import found
from mdm.hub.releases.proposals import Proposal, Terms, check_storable, checked, keep_draft, proposing
from mdm.sources import Registry
from mdm.store import releases
from mdm.store.work import Work

FORMAT = "mdm.release.v1"
PARTS = frozenset(
    {"format", "installation", "exported_by", "exported_at", "domain", "number", "state", "hash", "document", "reason",
     "proposed_by", "proposed_at", "switched_on_at", "approvals", "digest"}
)  # fmt: skip
TOLD = ("installation", "exported_by", "exported_at", "number", "state", "hash", "reason", "proposed_by", "approvals")


def export_release(work: Work, domain: str, number: int, *, installation: str) -> dict[str, Any]:
    """Return a release or draft as a file for another installation: `digest` is that of everything else in it."""
    work.actor.require(Permission.READ, domain=domain)
    work.catalog.domain(domain)
    release = found(work, domain, number)
    told = ("owner", "decided_by", "decided_at", "note")
    approvals = releases.approvals(work.session, domain, number)
    file = {
        "format": FORMAT,
        "installation": installation,
        "exported_by": work.actor.name,
        "exported_at": work.now,
        "domain": domain,
        "number": number,
        "state": release.state,
        "hash": release.hash,
        "document": release.document,
        "reason": release.reason,
        "proposed_by": release.proposed_by,
        "proposed_at": release.proposed_at,
        "switched_on_at": release.switched_on_at,
        "approvals": [{name: getattr(approval, name) for name in told} for approval in approvals],
    }
    return _plain(file | {"digest": digest(_plain(file))})


def import_release(
    work: Work,
    domain: str,
    file: Mapping[str, Any],
    *,
    registry: Registry,
    reason: str,
    replaces: int | None = None,
) -> Proposal:
    """Keep the rules of a file as a draft here; who approved them elsewhere is shown, and does not count.

    Raises InvalidInput if the file is not one of these, of another domain, or not as it was exported.
    """
    authors = proposing(work, domain)
    _check(domain, file)
    releases.lock(work.session)
    document = checked(work, domain, file["document"], registry)
    if digest(document) != file["hash"]:
        raise InvalidInput("hash: the rules are not those that were exported.", path="hash")
    origin = {name: file[name] for name in TOLD}
    terms = Terms(authors=authors, reason=reason, replaces=replaces, origin=origin)
    return keep_draft(work, domain, document, terms)


def _check(domain: str, file: Mapping[str, Any]) -> None:
    """Raise unless a file holds rules of the domain as they were exported."""
    if file.get("format") != FORMAT:
        raise InvalidInput(f"format: it is not {FORMAT}.", hint="`mdm rules export` makes such files.", path="format")
    if odd := sorted(file.keys() ^ PARTS):
        raise InvalidInput(f"{odd[0]}: it is {'unknown' if odd[0] in file else 'missing'}.", path=odd[0])
    check_storable(file)
    if file["digest"] != digest({name: value for name, value in file.items() if name != "digest"}):
        hint = "Export it again, and hand it on as it is."
        raise InvalidInput("digest: the file was changed after it was exported.", hint=hint, path="digest")
    if file["domain"] != domain:
        raise InvalidInput(f"domain: the rules are those of another one, not of {domain}.", path="domain")
    if not isinstance(file["document"], dict):
        raise InvalidInput("document: it is no set of rules.", path="document")


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return content as JSON has it, instants as text."""
    return dict(orjson.loads(canonical_json(content)))
