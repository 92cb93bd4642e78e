import re
from pathlib import Path

import pytest

import survivorship
from survivorship import Curve, Policy, Reason, Rule

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "survivorship.md").read_text(encoding="utf-8")
SECTION = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Survivorship alone")[2]


def block(language: str, page: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", page, re.DOTALL)
    assert found, f"the page has no {language} block"
    return found.group(1)


@pytest.mark.parametrize("page", [PAGE, SECTION], ids=["docs", "README"])
def test_the_example_prints_what_the_page_says(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block("python", page), "example", "exec"), {"__name__": "example"})  # noqa: S102
    assert capsys.readouterr().out == block("text", page)


@pytest.mark.parametrize("word", [*Rule, *Reason, *Curve, *Policy().to_document()])
def test_the_page_explains_every_rule_reason_and_key(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_the_public_names_are_those_of_all() -> None:
    public = {
        name
        for name, thing in vars(survivorship).items()
        if not name.startswith("_") and not isinstance(thing, type(survivorship))
    }
    assert public == set(survivorship.__all__)
    assert len(survivorship.__all__) == len(public)
