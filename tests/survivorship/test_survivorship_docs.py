import re
from pathlib import Path

import pytest

import survivorship
from survivorship import Policy, Reason, Rule

PAGE = (Path(__file__).parents[2] / "docs" / "survivorship.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found, f"the page has no {language} block"
    return found.group(1)


def test_the_example_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block("python"), "docs/survivorship.md", "exec"), {"__name__": "example"})  # noqa: S102
    assert capsys.readouterr().out == block("text")


@pytest.mark.parametrize("word", [*Rule, *Reason, *Policy().to_document()])
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
