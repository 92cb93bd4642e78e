import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from mdm.core import domains
from mdm.core.domains import declaration as domain_files
from mdm.core.matching import document as match_files
from mdm.core.quality import declaration as quality_files
from mdm.core.security import ROLES
from mdm.core.standardize import STANDARDIZERS
from mdm.hub import announce
from mdm.hub.announce import Cause, Change
from mdm.sources import declaration as mapping_files
from mdm.sources.canonical import FIELDS
from survivorship import Rule
from tests.docs.reference import PARTS, REFERENCE, part

HUB = Path(announce.__file__).parent
NOW = datetime(2026, 7, 1, tzinfo=UTC)
MASTER = UUID("01890000-0000-7000-8000-000000000001")
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
PAGES = [(page, key) for page, parts in PARTS.items() for key in parts]
FORMS = {
    ("mapping-files.md", "## The file"): mapping_files.MappingDeclaration,
    ("mapping-files.md", "## A feed"): mapping_files.FeedDeclaration,
    ("mapping-files.md", "## Format"): mapping_files.FormatDeclaration,
    ("mapping-files.md", "## A field"): mapping_files.FieldDeclaration,
    ("domain-files.md", "## The file"): domain_files.DomainDeclaration,
    ("domain-files.md", "## An attribute"): domain_files.AttributeDeclaration,
    ("domain-files.md", "## A group"): domain_files.GroupDeclaration,
    ("domain-files.md", "## A source"): domain_files.SourceDeclaration,
    ("domain-files.md", "## Limits"): domain_files.LimitsDeclaration,
    ("quality-rules.md", "## A rule"): quality_files.RuleDeclaration,
    ("quality-rules.md", "## A range"): quality_files.RangeDeclaration,
    ("domain-files.md", "## The match model"): match_files.ModelDocument,
    ("domain-files.md", "**Comparisons.**"): match_files.ComparisonPart,
    ("domain-files.md", "**Clusters.**"): match_files.ClustersPart,
}


def text_of(page: str) -> str:
    return (REFERENCE / page).read_text()


def first_column(page: str, after: str) -> list[str]:
    """What the first table after a heading names, in backticks, in its first column."""
    _, _, rest = text_of(page).partition(f"\n{after}\n")
    table = re.search(r"(?:^\|.*\n)+", rest, re.MULTILINE)
    assert table is not None
    rows = table[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]


@pytest.mark.parametrize(("page", "key"), PAGES)
def test_reference_says_what_the_code_says(page: str, key: str) -> None:
    written = part(text_of(page), key)
    assert written == PARTS[page][key](), "write it anew: python -m tests.docs.reference"


@pytest.mark.parametrize(("page", "heading"), FORMS)
def test_every_key_of_a_file_is_documented_and_nothing_else(page: str, heading: str) -> None:
    form: type[BaseModel] = FORMS[page, heading]
    assert sorted(first_column(page, heading)) == sorted(form.model_fields)


def test_canonical_shape_is_documented() -> None:
    assert first_column("mapping-files.md", "## The canonical shape") == list(FIELDS)


def test_every_standardizer_is_documented_and_nothing_else() -> None:
    assert sorted(first_column("domain-files.md", "## Standardizers")) == sorted(STANDARDIZERS)


def test_every_rule_is_documented() -> None:
    page = (REFERENCE.parent / "survivorship.md").read_text()
    assert [rule for rule in Rule if f"`{rule}`" not in page] == []


def test_every_role_is_documented_and_nothing_else() -> None:
    assert sorted(first_column("../how-to/keys-and-roles.md", "## Roles")) == sorted(ROLES)


def event() -> Any:
    supplier = domains.parse(domains.load_documents()["supplier"])
    link = SimpleNamespace(record_id=1, source="erp", source_key="1", link_no=1, linked=True)
    values = {"name": "Acme", "bank_accounts": [{"iban": "DE89370400440532013000"}]}
    origin = {name: {"record": "erp/1", "rule": "source_priority"} for name in values}
    stretch = SimpleNamespace(valid_from=NOW, valid_to=None, attributes=values, provenance=origin)
    change = Change(
        event_id=MASTER, type="golden.changed", master_id=MASTER, version=1, recorded_at=NOW, status="active",
        merged_into=None, absorbed=[], split_to=[], links=[link], timeline=[stretch], effective_at=NOW, before={},
        after=values, cause=Cause("delivery", (1,), "correlation", TRACEPARENT, tracestate="vendor=1"),
    )  # fmt: skip
    return announce.compose(supplier, change)


def paths(body: Any, path: str = "") -> Iterator[str]:
    """The fields of a body; attributes and provenance are one each, changes one for all attributes."""
    if path.endswith((".attributes", ".provenance")) or not isinstance(body, dict | list) or body == []:
        yield path
    elif isinstance(body, list):
        for inner in body:
            yield from paths(inner, f"{path}[]" if isinstance(inner, dict) else path)
    else:
        for name, inner in body.items():
            yield from paths(inner, f"{path}.{'*' if path == '.changes' else name}")


def test_every_field_of_an_event_is_documented_and_nothing_else() -> None:
    fields = {path.removeprefix(".") for path in paths(event().json())}
    assert sorted(first_column("events.md", "## Body")) == sorted(fields)


def test_every_header_of_an_event_is_documented_and_nothing_else() -> None:
    whole = replace(event(), dataref="/v1/events/x/body", full_digest="0" * 64, replay="0" * 32)
    assert sorted(first_column("events.md", "## Headers")) == sorted(whole.headers())


def test_sample_event_has_the_documented_fields() -> None:
    [sample] = re.findall(r"```json\n(.*?)```", text_of("events.md"), re.DOTALL)
    fields = {path.removeprefix(".") for path in paths(json.loads(sample))}
    assert sorted(fields) == sorted(first_column("events.md", "## Body"))


def test_every_type_of_event_is_documented_and_nothing_else() -> None:
    texts = {
        node.value
        for file in HUB.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    types = {text for text in texts if re.fullmatch(r"(golden|identity)\.[a-z]+", text)}
    assert sorted(first_column("events.md", "## Types")) == sorted(types)
