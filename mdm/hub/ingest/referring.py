"""The references in what sources say: followed to masters when a record is folded, and kept to be followed again."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mdm.core.domains import Domain
from mdm.core.standardize import Standard
from mdm.hub.ingest.fold import Said, Segment, State
from mdm.hub.relations.references import Leads, target
from mdm.store.records import RecordName


def named_in_values(domain: Domain, sender: str, values: Mapping[str, Standard]) -> Iterator[RecordName]:
    """Yield what the references of a fact name."""
    for attribute in domain.references:
        if attribute in values and values[attribute].value is not None:
            yield target(domain, attribute, values[attribute].value, sender=sender)


def named_in_state(domain: Domain, sender: str, state: State) -> Iterator[RecordName]:
    """Yield what the references of a record name, at any time."""
    for attribute in domain.references:
        for segment in state.claims.get(attribute, ()):
            if segment.value is not None:
                yield target(domain, attribute, segment.value, sender=sender)


def follow_said(leads: Leads, domain: Domain, sender: str, said: Said) -> Said:
    """Return a fact with its references followed."""
    followed = {
        attribute: leads.follow(domain, attribute, said.values[attribute].value, sender=sender)
        for attribute in domain.references
        if attribute in said.values and said.values[attribute].value is not None
    }
    return replace(said, values={**said.values, **followed}) if followed else said


def follow_state(leads: Leads, domain: Domain, sender: str, state: State) -> State:
    """Return a record's state with its references followed anew."""

    def again(attribute: str, segment: Segment) -> Segment:
        if segment.value is None:
            return segment
        standard = leads.follow(domain, attribute, segment.value, sender=sender)
        findings = [finding.code for finding in standard.findings]
        return segment._replace(value=standard.value, std=standard.std, findings=findings)

    spoken = [attribute for attribute in domain.references if attribute in state.claims]
    if not spoken:
        return state
    followed = {attribute: [again(attribute, s) for s in state.claims[attribute]] for attribute in spoken}
    return replace(state, claims={**state.claims, **followed})


def reference_rows(domain: Domain, record_id: int, state: State) -> list[dict[str, Any]]:
    """Return what a followed state refers to, as the store keeps it."""
    found = {
        (attribute, segment.value["source"], segment.value["key"]): segment.value["master"]
        for attribute in domain.references
        for segment in state.claims.get(attribute, ())
        if segment.value is not None
    }
    return [
        {
            "record_id": record_id,
            "attribute": attribute,
            "source": source,
            "key": key,
            "domain": domain.references[attribute],
            "master_id": master,
        }
        for (attribute, source, key), master in found.items()
    ]
