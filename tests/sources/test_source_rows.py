from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mdm.errors import UnreadableRow
from mdm.sources import Feed, Row, load_mappings

MAPPING = """
source: plant
feeds:
  partners:
    domain: customer
    files: ["*.csv"]
    format: {{type: csv, delimiter: "{delimiter}", encoding: {encoding}}}
    key: id
    attributes: {{name: name}}
"""
Make = Callable[..., Feed]


@pytest.fixture
def make_feed(tmp_path: Path) -> Make:
    def make(delimiter: str = ";", encoding: str = "utf-8") -> Feed:
        (tmp_path / "plant.yaml").write_text(MAPPING.format(delimiter=delimiter, encoding=encoding))
        return load_mappings(tmp_path).feed_for("plant", "partners.csv")

    return make


def rows_of(feed: Feed, path: Path, content: bytes) -> list[Row]:
    path.write_bytes(content)
    return list(feed.open(path))


def keys_of(feed: Feed, path: Path, content: bytes) -> list[str]:
    """The key of every row, or ! for a broken one."""
    path.write_bytes(content)
    rows = feed.open(path)
    found = []
    for row in rows:
        try:
            found.append(feed.interpret(row.raw, rows.context).key)
        except UnreadableRow:
            found.append("!")
    return found


def test_a_row_is_its_exact_bytes_with_line_number_and_offset_behind_it(make_feed: Make, tmp_path: Path) -> None:
    content = 'id;name\r\n1; Müller \r\n2;"a;b"'.encode()
    assert rows_of(make_feed(), tmp_path / "f.csv", content) == [
        Row(2, "1; Müller ".encode(), 22),
        Row(3, b'2;"a;b"', 29),
    ]


def test_a_quoted_line_break_belongs_to_the_row(make_feed: Make, tmp_path: Path) -> None:
    content = b'id;name\n1;"two\nlines"\n2;next\n'
    assert rows_of(make_feed(), tmp_path / "f.csv", content) == [
        Row(2, b'1;"two\nlines"', 22),
        Row(4, b"2;next", 29),
    ]


def test_blank_lines_and_lines_of_delimiters_are_no_rows(make_feed: Make, tmp_path: Path) -> None:
    assert keys_of(make_feed(), tmp_path / "f.csv", b"id;name\n\n1;a\n;\n  \r\n2;b\n") == ["1", "2"]


@pytest.mark.parametrize(
    "broken",
    [
        b'9;"never closed',
        b'9;"closed"too late',
        b"9;a;b",
        b"9",
        b";no key",
        b"9;\xe9\xfc",
        b"9;nul\0",
        b'"9;swallows\n"everything;"',
        b"9;a\rb",
        b"9;" + b"x" * 1024 * 1024,
        b"9;" + b"x" * 3 * 1024 * 1024,
    ],
)
def test_a_broken_row_does_not_stop_those_behind_it(make_feed: Make, tmp_path: Path, broken: bytes) -> None:
    content = b"id;name\n1;a\n" + broken + b'\n2;"b"\n3;c\n'
    found = keys_of(make_feed(), tmp_path / "f.csv", content)
    assert [key for key in found if key != "!"] == ["1", "2", "3"]
    assert "!" in found


def test_a_quote_left_open_to_the_end_costs_one_line_only(make_feed: Make, tmp_path: Path) -> None:
    content = b'id;name\n0;"open\n' + b"".join(b"%d;name\n" % n for n in range(1, 500))
    assert keys_of(make_feed(), tmp_path / "f.csv", content) == ["!", *map(str, range(1, 500))]


def test_every_second_line_with_an_open_quote_is_read_in_reasonable_time(make_feed: Make, tmp_path: Path) -> None:
    content = b"id;name\n" + b"".join(b'%d;"open\n%d;fine\n' % (n, n) for n in range(2000))
    found = keys_of(make_feed(), tmp_path / "f.csv", content)
    assert found.count("!") >= 1000
    assert len(found) <= 4000


def test_a_quote_inside_a_field_is_a_letter(make_feed: Make, tmp_path: Path) -> None:
    feed = make_feed()
    path = tmp_path / "f.csv"
    path.write_bytes(b'id;name\n1;12" pipes\n2;b\n')
    rows = feed.open(path)
    assert [feed.interpret(row.raw, rows.context).attributes["name"] for row in rows] == ['12" pipes', "b"]


def test_of_a_row_over_the_limit_only_the_beginning_is_kept(make_feed: Make, tmp_path: Path) -> None:
    row, _ = rows_of(make_feed(), tmp_path / "f.csv", b"id;name\n1;" + b"x" * 5_000_000 + b"\n2;b\n")
    assert len(row.raw) == 1024 * 1024 + 1
    assert row.offset == 5_000_011


def test_an_old_code_page_is_read_and_its_gaps_are_broken_rows(make_feed: Make, tmp_path: Path) -> None:
    feed, path = make_feed(encoding="cp1252"), tmp_path / "f.csv"
    path.write_bytes("id;name\n1;Müller €\n".encode("cp1252") + b"2;\x81\n")
    rows = feed.open(path)
    good, bad = rows
    assert feed.interpret(good.raw, rows.context).attributes == {"name": "Müller €"}
    with pytest.raises(UnreadableRow, match=r"Byte 3 \(hex 81\) is not cp1252"):
        feed.interpret(bad.raw, rows.context)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_lines_end_at_line_feeds_not_at_their_bytes(make_feed: Make, tmp_path: Path, encoding: str) -> None:
    text = '\ufeffid;name\r\n1;\u0a0a\u010a\u0a00\r\n2;"\u010a\n;"\r\n3;c'
    feed = make_feed(encoding="utf-16")
    path = tmp_path / "f.csv"
    path.write_bytes(text.encode(encoding))
    rows = feed.open(path)
    facts = [feed.interpret(row.raw, rows.context) for row in rows]
    assert [fact.attributes["name"] for fact in facts] == ["\u0a0a\u010a\u0a00", "\u010a\n;", "c"]
    assert [row.number for row in rows] == [2, 3, 5]


NAMES = st.text('ab;"\n é', max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(NAMES, NAMES.map(lambda name: '"' + name.replace('"', '""') + '"')), max_size=12))
def test_reading_on_from_any_row_gives_the_rest(make_feed: Make, tmp_path: Path, names: list[str]) -> None:
    feed, path = make_feed(), tmp_path / "f.csv"
    path.write_text("id;name\n" + "".join(f"{at};{name}\n" for at, name in enumerate(names)), newline="")
    rows = feed.open(path)
    whole = list(rows)
    for at, row in enumerate(whole):
        assert list(feed.rows(path, row.offset, rows.context)) == whole[at + 1 :]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_stop_the_reader(make_feed: Make, tmp_path: Path, junk: bytes) -> None:
    found = keys_of(make_feed(), tmp_path / "f.csv", b"id;name\n" + junk + b'"\n"\n' + b"\n".join([b"x;y"] * 3) + b"\n")
    assert found[-2:] == ["x", "x"]
