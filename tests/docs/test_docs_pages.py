import ast
import json
import re
import shlex
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from mdm.core import domains
from mdm.entrypoints.cli import parser_of_everything
from mdm.sources import load_mappings
from tests.docs.pages import PAGES, ROOT, blocks, name_of

COMMAND = re.compile(r"(?:^|[ (/])mdm ([a-z][^|>)#\n]*)", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HOW_TO = ROOT / "docs" / "how-to"
LONGEST_DECISION = 40


def anchors(page: Path) -> set[str]:
    """How code hosts name the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    kept = string.ascii_lowercase + string.digits + "-_ "
    return {"".join(c for c in heading.lower() if c in kept).replace(" ", "-") for heading in headings}


def commands(page: Path) -> Iterator[list[str]]:
    """The commands of mdm in a page, without what stands around them."""
    for block in blocks(page):
        if block.language == "sh":
            yield from map(shlex.split, COMMAND.findall(block.text))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for link in LINK.findall(page.read_text()):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        found = (page.parent / target).resolve() if target else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            lost.append(link)
    assert lost == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        links = [(page.parent / link.partition("#")[0]).resolve() for link in LINK.findall(page.read_text())]
        waiting += [link for link in links if link.suffix == ".md" and link not in seen and link.exists()]
    assert [name_of(page) for page in PAGES if page not in seen] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_can_be_typed(page: Path) -> None:
    for words in commands(page):
        parser_of_everything().parse_args(words)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_json_and_yaml_can_be_read(page: Path) -> None:
    read = {"python": ast.parse, "json": json.loads, "yaml": yaml.safe_load}
    for block in blocks(page):
        if block.language in read:
            read[block.language](block.text)


def test_a_decision_is_short() -> None:
    decisions = (ROOT / "docs" / "decisions").glob("0*.md")
    assert [page.name for page in decisions if len(page.read_text().splitlines()) > LONGEST_DECISION] == []


def test_domains_of_the_how_to_can_be_switched_on(tmp_path: Path) -> None:
    declaration, match, keyed = (b.text for b in blocks(HOW_TO / "declare-a-domain.md") if b.language == "yaml")
    (tmp_path / "carrier.yaml").write_text(declaration)
    (tmp_path / "carrier.match.yaml").write_text(match)
    (tmp_path / "trailer.yaml").write_text(keyed)
    documents = domains.load_documents(tmp_path)
    assert domains.parse(documents["trailer"]).hierarchy == ("carrier",)
    carrier = domains.parse(documents["carrier"])
    record = {"name": "Spedition Kühn GmbH", "country": "DE", "phone": "040 123456", "scac": "KUHN"}
    std = {name: standard.std for name, standard in domains.standardize_record(carrier, record).items()}
    comparable = domains.comparable_of(carrier, std)
    assert {key.partition(":")[0] for key in domains.block_keys_of(carrier, comparable)} == {"scac", "phone", "rare"}


def test_mapping_of_the_how_to_reads_its_file(tmp_path: Path) -> None:
    page = blocks(HOW_TO / "map-a-source.md")
    [rows] = (b.text for b in page if b.language == "csv")
    [mapping] = (b.text for b in page if b.language == "yaml")
    (tmp_path / "portal.yaml").write_text(mapping)
    file = tmp_path / "vendors-2026-11.csv"
    file.write_text(rows, encoding="cp1252")
    feed = load_mappings(tmp_path).feed_for("portal", file.name)
    opened = feed.open(file)
    nordwerk, mill = (feed.interpret(row.raw, opened.context) for row in opened)
    assert (nordwerk.attributes["name"], nordwerk.source_time.isoformat()) == (
        "Nordwerk GmbH",
        "2026-11-02T23:00:00+00:00",
    )
    assert (mill.key, mill.operation, mill.attributes) == ("V-101", "delete", {})
