"""Facts that are kept, read again: by the rules of today, of another day or of a proposal."""

from collections.abc import Iterable, Sequence

from mdm.core.domains import Domain, standardize_kept
from mdm.hub.ingest.fold import Said, State, Terms, fold
from mdm.hub.ingest.interpret import say
from mdm.hub.ingest.referring import follow_said, named_in_values
from mdm.hub.relations.references import Leads
from mdm.store.records import RecordName
from mdm.store.rows import Row
from mdm.store.tables import Fact


def read_again(domain: Domain, source: str, facts: Iterable[Fact | Row]) -> list[Said]:
    """Return what facts of a record say by the rules of a domain; references are not followed yet."""
    time_trusted = domain.source_of(source).time_trusted
    return [
        say(
            fact,
            standardize_kept(domain, fact.attributes),
            received_at=fact.received_at,
            arrival=fact.delivery_id,
            time_trusted=time_trusted,
        )
        for fact in facts
    ]


def named_in_facts(domain: Domain, source: str, said: Iterable[Said]) -> set[RecordName]:
    """Return what the references of facts name: where it leads must be learned before they are folded."""
    return {name for one in said for name in named_in_values(domain, source, one.values)}


def refold(leads: Leads, domain: Domain, source: str, said: Sequence[Said]) -> State:
    """Fold all that a record has been told, its references followed."""
    return fold([follow_said(leads, domain, source, one) for one in said], terms_of(domain, source))


def terms_of(domain: Domain, source: str) -> Terms:
    """Return what a domain says about folding the facts of a source."""
    return Terms(frozenset(domain.attributes), domain.source_of(source).may_blank, domain.limits.slices)
