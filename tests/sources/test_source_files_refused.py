from pathlib import Path

import pytest

from mdm.errors import UnreadableFile
from mdm.sources import Feed, load_mappings

MAPPING = """
source: plant
feeds:
  partners:
    domain: customer
    files: ["*.csv"]
    format: {type: csv, delimiter: ";", encoding: ENCODING}
    key: id
    attributes: {name: name, phone: {column: phone, optional: true}}
  objects:
    domain: customer
    files: ["*.jsonl"]
    format: {type: jsonl}
    key: id
    attributes: {name: name}
"""


def feed(folder: Path, name: str, encoding: str = "utf-8") -> Feed:
    (folder / "plant.yaml").write_text(MAPPING.replace("ENCODING", encoding))
    return load_mappings(folder).feed_for("plant", name)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"\n1;a\n", "the header line is blank"),
        (b"id,name\n1,a\n", "single column"),
        (b"id;name;id\n", 'the column "id" occurs 2 times'),
        (b"id;;name\n", "column 2 of 3 has no name"),
        (b"number;name\n", 'does not have: "id"'),
        (b"number;title\n", 'does not have: "id", "name"'),
        (b"id;n\xe4me\n", "its header cannot be read"),
        (b'id;"name\n', "its header cannot be read"),
        (b"id;name\r1;a\r2;b", "CR alone"),
        (b"\x1f\x8b\x08\x00\r", "compressed with gzip"),
        (b"PK\x03\x04\x14\x00", "an Excel workbook"),
        ("\ufeffid;name\n".encode("utf-16-le"), "mark of UTF-16"),
    ],
)
def test_a_wrong_file_is_refused_before_anything_is_read(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        feed(tmp_path, path.name).open(path)
    assert reason in caught.value.message
    assert caught.value.message.startswith("partners.csv: ")


def test_the_likely_delimiter_is_named(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(b"id,name\n")
    with pytest.raises(UnreadableFile) as caught:
        feed(tmp_path, path.name).open(path)
    assert "a comma separates" in str(caught.value)


def test_a_column_of_a_similar_name_is_suggested(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(b"id;names\n")
    with pytest.raises(UnreadableFile, match='Did you mean "names"'):
        feed(tmp_path, path.name).open(path)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(b"\xef\xbb\xbfid;name;extra\n1;a;x\n")
    rows = feed(tmp_path, path.name).open(path)
    assert rows.context["header"] == ["id", "name", "extra"]
    assert rows.context["ignored"] == ["extra"]


def test_a_utf_8_mark_in_a_file_declared_otherwise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(b"\xef\xbb\xbfid;name\n")
    with pytest.raises(UnreadableFile, match="the mapping says cp1252"):
        feed(tmp_path, path.name, "cp1252").open(path)


def test_utf_16_needs_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes("id;name\n".encode("utf-16-le"))
    with pytest.raises(UnreadableFile, match="does not begin with the mark"):
        feed(tmp_path, path.name, "utf-16").open(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be opened: No such file"):
        feed(tmp_path, "partners.csv").open(tmp_path / "partners.csv")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b'[{"id": 1}]', "one JSON document over many lines"),
        (b'{\n  "id": 1\n}', "one JSON document over many lines"),
        ('\ufeff{"id":1}'.encode("utf-16-le"), "JSON lines are UTF-8"),
    ],
)
def test_json_that_is_not_in_lines_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "partners.jsonl"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        feed(tmp_path, path.name).open(path)
    assert reason in caught.value.message
