"""Answers to many tasks: shown first, then carried out, each row for itself."""

from uuid import UUID

import pytest

from mdm.core.ids import new_id
from mdm.core.security import Actor
from mdm.hub.stewardship.bulk import Answer, Row, decide_many
from mdm.hub.stewardship.decisions import Decision
from tests.support.hubs import HubUnderTest

STEWARD = Actor("stella", frozenset({"steward"}))
PAIRS = (("Acme Werke GmbH", "DE136695976", "DE129273398"), ("Zenit Ottica S.r.l.", "IT00743110157", "IT00159560366"))


@pytest.fixture
def asked(hub: HubUnderTest) -> list[UUID]:
    """Two pairs of suppliers that may be one, a task for each."""
    for number, (name, *vats) in enumerate(PAIRS):
        for source, vat in zip(("erp", "portal"), vats, strict=True):
            same = {"name": name, "country": vat[:2], "phone": f"+49 89 555012{number}", "email": f"x@firm{number}.de"}
            hub.send(source, str(number), attributes=same | {"vat_id": vat})
            hub.process()
    return [task for (task,) in hub.rows("SELECT id FROM task WHERE kind = 'match_review' ORDER BY id")]


def many(hub: HubUnderTest, answers: list[Answer], *, preview: bool = False, actor: Actor = STEWARD) -> list[Row]:
    return decide_many(lambda: hub.hub.begin_as(actor), answers, preview=preview)


def answers_to(tasks: list[UUID], decision: Decision = "match") -> list[Answer]:
    return [Answer(task, decision, note="Checked") for task in tasks]


def standing(hub: HubUnderTest) -> list[tuple[object, ...]]:
    return hub.rows(
        "SELECT (SELECT count(*) FROM action_log), (SELECT sum(version) FROM master), count(closed_at) FROM task"
    )


def test_preview_shows_what_each_answer_would_do_and_keeps_nothing(hub: HubUnderTest, asked: list[UUID]) -> None:
    before = standing(hub)
    rows = many(hub, answers_to(asked), preview=True)
    assert [row.problem for row in rows] == [None, None]
    assert all(row.decided and row.decided.effects and row.decided.effects.digest for row in rows)
    assert standing(hub) == before


def test_answers_do_what_the_preview_has_shown(hub: HubUnderTest, asked: list[UUID]) -> None:
    shown = [row.decided.effects for row in many(hub, answers_to(asked), preview=True) if row.decided]
    rows = many(hub, [Answer(t, "match", digest=e.digest) for t, e in zip(asked, shown, strict=True) if e])
    assert [row.problem for row in rows] == [None, None]
    assert all(hub.master("erp", number) == hub.master("portal", number) for number in "01")
    assert hub.broken() == []


def test_one_row_that_fails_keeps_no_other_back(hub: HubUnderTest, asked: list[UUID]) -> None:
    wrong = [Answer(new_id(), "match"), Answer(asked[0], "retire"), Answer(asked[0], "match", digest="another")]
    rows = many(hub, [*wrong, *answers_to(asked, "distinct"), *answers_to(asked[:1], "distinct")])
    codes = [row.problem and row.problem.code for row in rows]
    assert codes == ["not_found", "invalid_input", "outdated_preview", None, None, "already_decided"]
    assert hub.rows("SELECT outcome FROM task WHERE kind = 'match_review'") == [("distinct",)] * 2


def test_who_may_not_answer_is_refused_every_row(hub: HubUnderTest, asked: list[UUID]) -> None:
    for preview in (True, False):
        rows = many(hub, answers_to(asked), preview=preview, actor=Actor("anna", frozenset({"reader"})))
        assert [row.problem and row.problem.code for row in rows] == ["forbidden", "forbidden"]


def test_author_of_a_change_cannot_approve_it_among_others(hub: HubUnderTest, asked: list[UUID]) -> None:
    hub.send(
        "erp",
        "9",
        attributes={"name": "Nova AG", "country": "CH", "bank_accounts": [{"iban": "CH9300762011623852957"}]},
    )
    hub.process()
    ((task, digest),) = hub.rows(
        "SELECT t.id, r.digest FROM task t JOIN change_request r ON r.id::text = t.evidence ->> 'request'"
    )
    roles = frozenset({"steward", "approver", "treasury_data_owner"})
    approval = Answer(task, "approve", digest=digest)
    author, other = (many(hub, [approval, *answers_to(asked[:1])], actor=Actor(n, roles)) for n in ("hub", "tina"))
    assert [row.problem and row.problem.code for row in author] == ["own_change", None]
    assert [row.problem and row.problem.code for row in other] == [None, "already_decided"]
