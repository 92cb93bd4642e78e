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
from mdm.store.records import findings
from mdm.store.work import Work

QUALITY = "quality"  # why a record is judged again: who else says the same has changed, or a person's word


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
    _ask_about_quality(work, domain, drafts)
    if domain.quality.of_kind("unique"):
        moved = sorted({record for master in touched.values() for record in (*master.joined, *master.left)})
        findings.judge_sharers(work.session, moved, reason=QUALITY, now=work.now)
    references.moved(work, domain, touched, causes=causes)
    work.reach("rebuilt")
    return drafts


def judge_referrers(work: Work, domain: Domain, master: UUID, cause: Cause) -> None:
    """Have the records judged again that refer to a master which was retired or taken back into use."""
    referring = (work.catalog.domain(name) for name in work.catalog.referrers(domain.name))
    if any(one.quality.of_kind("reference") for one in referring):
        findings.judge_referrers(work.session, master, origin=cause.origin(), reason=QUALITY, now=work.now)


def _ask_about_quality(work: Work, domain: Domain, drafts: Mapping[UUID, Draft]) -> None:
    """Ask about values that are withheld, and for the missing parts of a keyed domain's keys."""
    holds = any(rule.effect == "hold" for rule in domain.quality)
    questions = [*_missing_keys(domain, drafts), *(_withheld(work, domain, drafts) if holds else ())]
    tasks.renew(work, domain, tasks.QUALITY_EXCEPTION, questions, around=drafts)


def _withheld(work: Work, domain: Domain, drafts: Mapping[UUID, Draft]) -> list[Question]:
    """Return the question to the owner of a rule for each value that it withholds."""
    return [
        Question(
            row.master_id,
            f"{row.source}/{row.source_key} breaks the rule {row.rule}: what it says about "
            f"{', '.join(row.attributes)} is withheld.",
            topic=f"finding/{row.id}",
            evidence={"finding": row.id, "rule": row.rule, "record": f"{row.source}/{row.source_key}"},
            owner=row.owner,
            touched=row.attributes,
        )
        for row in findings.held(work.session, drafts)
        if row.rule in domain.quality.by_name
    ]


def _missing_keys(domain: Domain, drafts: Mapping[UUID, Draft]) -> list[Question]:
    """Return the question for each part of a keyed domain's key that is missing: a master stands alone without it."""
    return [
        Question(master, f"Without {name} nothing can be recognized as the same.", topic=name, touched=[name])
        for master, draft in drafts.items()
        if draft.status == "active"
        for name in domain.key
        if not any(name in s.attributes for s in draft.rebuilt.slices)
    ]
