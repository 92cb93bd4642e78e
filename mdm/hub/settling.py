"""From changed records to settled masters: links, golden records, events and questions, in one go."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.matching import Comparable
from mdm.hub import tasks
from mdm.hub.announce import Cause
from mdm.hub.golden import Draft, Touched, rebuild
from mdm.hub.relations import references
from mdm.hub.resolution import resolve
from mdm.hub.tasks import Question
from mdm.store.work import Work


def settle(
    work: Work,
    domain: Domain,
    *,
    changed: Collection[int],
    compared: Mapping[int, Comparable],
    cause_of: Callable[[Touched], Cause],
    counted: Mapping[int, UUID | None] | None = None,
    announced: Collection[int] = (),
) -> dict[UUID, Draft]:
    """Resolve changed records, rebuild the masters this touches, and renew the questions around them.

    `compared` and `counted` are those of `resolve`, and so are the locks that the caller holds. Masters of `announced`
    records get a version even if nothing differs.
    """
    resolution = resolve(work, domain, changed=changed, compared=compared, counted=counted)
    touched = resolution.touched
    for master in touched.values():
        master.restored = not master.records.isdisjoint(announced)
    work.reach("resolved")
    causes = {m.id: cause_of(m) for m in touched.values()}
    drafts = rebuild(work, domain, touched, causes=causes)
    tasks.renew_match_reviews(work, domain, touched, kept_back=resolution.kept_back)
    tasks.renew_doubtful_links(work, domain, touched)
    tasks.renew_orphans(work, domain, {master: draft.status for master, draft in drafts.items()})
    _ask_for_keys(work, domain, drafts)
    references.moved(work, domain, touched, causes=causes)
    work.reach("rebuilt")
    return drafts


def _ask_for_keys(work: Work, domain: Domain, drafts: Mapping[UUID, Draft]) -> None:
    """Ask for the parts of a keyed domain's keys that are missing: without them a master stands alone."""
    if not domain.key:
        return
    questions = [
        Question(master, f"Without {name} nothing can be recognized as the same.", topic=name, touched=[name])
        for master, draft in drafts.items()
        if draft.status == "active"
        for name in domain.key
        if not any(name in s.attributes for s in draft.rebuilt.slices)
    ]
    tasks.renew(work, domain, tasks.QUALITY_EXCEPTION, questions, around=drafts)
