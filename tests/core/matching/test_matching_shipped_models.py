"""What the shipped models make of pairs that every data steward knows."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import mdm.core
from mdm.core.matching import MatchModel, Outcome, Scored, comparable, score

DECLARED = Path(mdm.core.__file__).parent / "domains"
MODELS = [
    MatchModel.from_document(yaml.safe_load((DECLARED / f"{domain}.match.yaml").read_text(encoding="utf-8")))
    for domain in ("customer", "supplier")
]


def place(street: str, number: str, postal_code: str, city: str) -> dict[str, str]:
    return {"street": street, "number": number, "postal_code": postal_code, "city": city, "country": "DE"}


BERLIN, MUNICH = place("ring", "4", "10115", "berlin"), place("hauptstrasse", "12", "80331", "munchen")
ZORVEX: dict[str, Any] = {
    "name": {"core": "zorvex metallbau", "form": "gmbh"},
    "address": BERLIN,
    "phone": "+493012345678",
    "email": "info@zorvex.de",
    "vat_id": "DE136695976",
}


def but(**changes: Any) -> dict[str, Any]:
    """Return ZORVEX with other attributes; None takes one away."""
    return {name: value for name, value in {**ZORVEX, **changes}.items() if value is not None}


def name(core: str, form: str = "gmbh") -> dict[str, str]:
    return {"core": core, "form": form}


@pytest.fixture(params=MODELS, ids=["customer", "supplier"])
def judged(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    def judge(left: dict[str, Any], right: dict[str, Any]) -> Scored:
        return score(request.param, comparable(request.param, left), comparable(request.param, right))

    return judge


@pytest.mark.parametrize(
    "other",
    [
        but(name=name("zorwex metallbau"), vat_id=None, email=None),  # misspelt, same telephone and address
        but(address=MUNICH, phone=None, email=None),  # moved, same VAT id
        but(name=name("metallbau zorvex", ""), phone=None, vat_id=None),
        but(name=name("zorvex"), vat_id=None, phone=None),
        but(name=name("quandil"), address=MUNICH, trade_name=name("zorvex metallbau")),  # known by its brand
        but(vat_id="DE136695967", phone=None),  # two digits swapped
    ],
)
def test_one_company_is_linked(judged, other: dict[str, Any]) -> None:  # type: ignore[no-untyped-def]
    assert judged(ZORVEX, other).outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("other", "veto"),
    [
        (but(vat_id="DE811128135"), "conflicting_identifier"),  # all the same but the VAT id
        (but(name=name("zorvex holding"), vat_id=None), "other_name"),  # at one desk with its parent
        (but(name=name("quandil optik"), vat_id=None), "other_name"),  # at one desk with a stranger
    ],
)
def test_neighbours_go_to_a_steward(judged, other: dict[str, Any], veto: str) -> None:  # type: ignore[no-untyped-def]
    found = judged(ZORVEX, other)
    assert found.outcome is Outcome.REVIEW
    assert veto in found.vetoes


def test_name_and_city_alone_go_to_a_steward(judged) -> None:  # type: ignore[no-untyped-def]
    left = {"name": name("zorvex quandil metallbau"), "address": {"city": "berlin", "country": "DE"}}
    assert judged(left, left).vetoes == ("only_a_name",)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # namesakes in two cities, each with its own VAT id
        (
            but(name=name("muller metallbau"), email=None),
            but(
                name=name("muller metallbau"),
                address=MUNICH,
                phone="+498976543210",
                email="info@muller-metallbau.de",
                vat_id="DE811128135",
            ),
        ),
        # a placeholder for a mailbox
        (
            but(email="noemail@example.com", vat_id=None),
            but(name=name("quandil"), address=MUNICH, phone=None, email="noemail@example.com", vat_id=None),
        ),
        # the same freemailer
        (
            but(email="a@gmail.com", vat_id=None),
            but(name=name("quandil"), address=MUNICH, phone=None, email="b@gmail.com", vat_id=None),
        ),
        # next door
        (
            but(email=None),
            but(name=name("quandil"), phone="+493087654321", email="info@quandil.de", vat_id="DE811128135"),
        ),
    ],
)
def test_strangers_stay_apart(judged, left: dict[str, Any], right: dict[str, Any]) -> None:  # type: ignore[no-untyped-def]
    assert judged(left, right).outcome is Outcome.DISTINCT
