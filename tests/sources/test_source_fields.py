from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from mdm.errors import InvalidAttributes, MdmError, UnreadableRow
from mdm.sources import SourceFact, load_mappings

HEAD = """
source: plant
timezone: Europe/Berlin
feeds:
  partners:
    domain: customer
    files: ["*"]
"""
CSV = (
    HEAD
    + "    format: {type: csv, delimiter: ';', decimals: comma, times: '%d.%m.%Y', empty: ['-']EXTRA}\n    key: id\n"
)
JSON = HEAD + "    format: {type: jsonl}\n    key: id\n"


def read(folder: Path, mapping: str, content: str) -> SourceFact:
    (folder / "plant.yaml").write_text(mapping)
    path = folder / "data"
    path.write_text(content)
    feed = load_mappings(folder).feed_for("plant", "data")
    rows = feed.open(path)
    return feed.interpret(next(iter(rows)).raw, rows.context)


def cells(folder: Path, attributes: str, header: str, row: str, *, extra: str = "", envelope: str = "") -> SourceFact:
    mapping = CSV.replace("EXTRA", extra) + envelope + f"    attributes: {attributes}\n"
    return read(folder, mapping, f"id;{header}\n1;{row}\n")


def document(folder: Path, attributes: str, row: dict[str, Any], *, envelope: str = "") -> SourceFact:
    return read(folder, JSON + envelope + f"    attributes: {attributes}\n", orjson.dumps({"id": "1", **row}).decode())


@pytest.mark.parametrize(
    ("field", "header", "row", "value"),
    [
        ("a", "a", "  padded  ", "padded"),
        ("{join: [a, b]}", "a;b", "Acme;GmbH", "Acme GmbH"),
        ("{join: [a, b]}", "a;b", "Acme;", "Acme"),
        ("{join: [a, b], separator: /}", "a;b", "1;2", "1/2"),
        ("{first: [a, b]}", "a;b", "-;2", "2"),
        ("{constant: EUR}", "a", "", "EUR"),
        ("{column: a, map: {X: true}, otherwise: false}", "a", "X", True),
        ("{column: a, map: {X: true}, otherwise: false}", "a", "", False),
        ("{column: a, map: {X: true}, otherwise: false}", "a", "?", False),
        ("{column: a, type: decimal}", "a", "1.234.567,50", "1234567.50"),
        ("{column: a, type: decimal}", "a", "100,00-", "-100.00"),
        ("{column: a, type: integer}", "a", "007", 7),
        ("{column: a, type: boolean}", "a", "ja", True),
        ("{column: a, type: date}", "a", "1.3.2024", "2024-03-01"),
        ("{column: a, type: date, format: '%Y%m%d'}", "a", "20240301", "2024-03-01"),
        ("{fields: {street: a, city: b}}", "a;b", ";Ulm", {"city": "Ulm"}),
        ("{elements: [{iban: a}, {iban: b}]}", "a;b", ";DE1", [{"iban": "DE1"}]),
        ("{column: gone, optional: true, otherwise: none}", "a", "", "none"),
    ],
)
def test_a_declared_field_reads_cells(tmp_path: Path, field: str, header: str, row: str, value: object) -> None:
    assert cells(tmp_path, f"{{x: {field}}}", header, row).attributes == {"x": value}


@pytest.mark.parametrize(
    "field", ["a", "{join: [a, b]}", "{fields: {c: a}}", "{elements: [{c: a}]}", "{first: [a, b]}"]
)
def test_a_blank_cell_says_nothing_or_clears_as_declared(tmp_path: Path, field: str) -> None:
    assert cells(tmp_path, f"{{x: {field}}}", "a;b", "-;").attributes == {}
    assert cells(tmp_path, f"{{x: {field}}}", "a;b", "-;", extra=", blank: clears").attributes == {"x": None}


@pytest.mark.parametrize(
    ("field", "row", "reason"),
    [
        ("{column: a, type: decimal}", "12x", 'Column "a" is "12x": not a number with a decimal comma.'),
        ("{column: a, type: decimal}", "1.5", 'Column "a" is "1.5": not a number with a decimal comma.'),
        ("{column: a, type: date}", "31.02.2024", 'Column "a" is "31.02.2024": not a date of the form %d.%m.%Y.'),
        ("{column: a, type: boolean}", "maybe", 'Column "a" is "maybe": neither true nor false.'),
        ("{column: a, type: integer}", "9" * 30, "not a whole number of at most 64 bits"),
        ("{column: a, map: {X: blocked, Y: active}}", "Z", 'Column "a" is "Z": not one of X, Y.'),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_its_column(
    tmp_path: Path, field: str, row: str, reason: str
) -> None:
    with pytest.raises(InvalidAttributes) as caught:
        cells(tmp_path, f"{{x: {field}}}", "a", row)
    assert reason in caught.value.message
    assert caught.value.details["column"] == "a"


@pytest.mark.parametrize(
    ("field", "row", "value"),
    [
        ("A.b", {"A": {"b": "deep"}}, "deep"),
        ("A.b", {"A": {"b": 5}}, 5),
        ("A.b", {"A": None}, None),
        ("A", {"A": None}, None),
        ("{fields: {street: A.s, city: A.c}}", {"A": {"s": "x", "c": None}}, {"street": "x"}),
        ("{fields: {street: A.s, city: A.c}}", {"A": None}, None),
        (
            "{each: L.r, fields: {email: E}}",
            {"L": {"r": [{"E": "a"}, {"F": 1}, {"E": "b"}]}},
            [{"email": "a"}, {"email": "b"}],
        ),
        ("{each: L, fields: {email: E}}", {"L": []}, []),
        ("{column: A, map: {'true': gone, 'false': here}}", {"A": True}, "gone"),
        ("{column: A, type: decimal}", {"A": 1.5}, "1.5"),
        ("{column: A, type: decimal}", {"A": 1e-7}, "0.0000001"),
    ],
)
def test_a_declared_field_reads_json(tmp_path: Path, field: str, row: dict[str, Any], value: object) -> None:
    assert document(tmp_path, f"{{x: {field}}}", row).attributes == {"x": value}


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("A.b", {}),
        ("A.b", {"A": {}}),
        ("A", {"A": ""}),
        ("{each: L, fields: {e: E}}", {}),
        ("{fields: {s: A.s}}", {"A": {}}),
    ],
)
def test_what_json_leaves_out_is_not_supplied(tmp_path: Path, field: str, row: dict[str, Any]) -> None:
    assert document(tmp_path, f"{{x: {field}}}", row).attributes == {}


@pytest.mark.parametrize(
    ("field", "row", "reason"),
    [
        ("A.b", {"A": "flat"}, '"A.b" lies in an object, but the row has "flat" there.'),
        ("{each: L, fields: {e: E}}", {"L": {"E": 1}}, "not a list of objects"),
        ("{each: L, fields: {e: E}}", {"L": ["a"]}, "not a list of objects"),
        ("{join: [A]}", {"A": ["x"]}, "a single value is wanted here"),
        ("{column: A, type: date}", {"A": {}}, "a single value is wanted here"),
    ],
)
def test_json_of_another_shape_is_refused(tmp_path: Path, field: str, row: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidAttributes) as caught:
        document(tmp_path, f"{{x: {field}}}", row)
    assert reason in caught.value.message


def test_the_envelope_is_read_from_declared_columns(tmp_path: Path) -> None:
    envelope = """
    version: v
    source_time: {join: [day, time], format: "%d.%m.%Y %H:%M:%S"}
    effective_from: day
    operation: {column: gone, map: {X: delete}, otherwise: full}
    replace: {column: r, type: boolean}
    master_id: m
"""
    row = "7;01.07.2024;08:30:00;;X;0197-id"
    assert cells(tmp_path, "{name: name}", "v;day;time;gone;r;m;name", row + ";Acme", envelope=envelope) == SourceFact(
        domain="customer",
        source="plant",
        key="1",
        version=7,
        source_time=datetime(2024, 7, 1, 6, 30, tzinfo=UTC),
        effective_from=datetime(2024, 6, 30, 22, tzinfo=UTC),
        replace=True,
        master_id="0197-id",
        attributes={"name": "Acme"},
    )


def test_a_deletion_carries_no_attributes(tmp_path: Path) -> None:
    envelope = "    operation: {column: gone, map: {X: delete}, otherwise: full}\n"
    fact = cells(tmp_path, "{name: name}", "gone;name", "X;Acme", envelope=envelope)
    assert (fact.operation, fact.attributes) == ("delete", {})


@pytest.mark.parametrize(
    ("envelope", "value", "reason"),
    [
        ("version: v", "1.5", 'Column "v" is "1.5": not a whole number'),
        ("version: v", "-1", "not a whole number from 0 to 2^63 - 1"),
        ("source_time: v", "2024-01-01", "not a time of the form %d.%m.%Y"),
        ("operation: {column: v}", "remove", 'The operation is "remove", not one of full, partial, delete.'),
        ("operation: {column: v, map: {D: delete}}", "X", "not one of D"),
    ],
)
def test_a_broken_envelope_makes_the_row_unreadable(tmp_path: Path, envelope: str, value: str, reason: str) -> None:
    with pytest.raises(UnreadableRow) as caught:
        cells(tmp_path, "{x: v}", "v", value, envelope=f"    {envelope}\n")
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "no key"),
        ("k" * 201, "it has 201 characters"),
        ("a\x07b", "control character U+0007"),
        ("a\u2028b", "U+2028"),
    ],
)
def test_a_key_that_names_nothing_is_refused(tmp_path: Path, key: str, reason: str) -> None:
    with pytest.raises(MdmError) as caught:
        document(tmp_path, "{x: A}", {"id": key})
    assert reason in caught.value.message


def test_padded_keys_stay_as_they_are(tmp_path: Path) -> None:
    assert document(tmp_path, "{x: A}", {"id": " 0000100003 "}).key == "0000100003"
    assert document(tmp_path, "{x: A}", {"id": 17}).key == "17"
