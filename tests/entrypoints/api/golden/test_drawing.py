"""Drawings as text: what is where, that nothing breaks out, and that the same stays the same."""

import re
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from mdm.entrypoints.api.resources.golden.drawing import Box, Chart, draw, of_history, of_timeline
from mdm.hub.golden.history import History, Shown, Timeline
from mdm.hub.golden.history.attribute import Entry

MAY, JULY, AUGUST = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 7, 8))
ERP = {"record": "erp/1", "rule": "source_priority"}
MASTER = UUID(int=7)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(chart: Chart) -> ET.Element:
    return ET.fromstring(draw(chart))  # noqa: S314 (our own)


def entry(value: str, valid: tuple[datetime | None, ...], known: tuple[datetime | None, ...]) -> Entry:
    return Entry(value, *valid, *known, 1, None, ERP, 1, {}, None)  # type: ignore[arg-type, misc]


def test_lane_joins_slices_that_say_the_same() -> None:
    slices = [
        Shown(None, MAY, {"name": "Nord", "city": "Kiel"}, {"name": ERP, "city": ERP}, []),
        Shown(MAY, JULY, {"name": "Nord", "city": "Ulm"}, {"name": ERP, "city": ERP}, []),
        Shown(AUGUST, None, {"name": "Nord"}, {"name": ERP}, []),
    ]
    chart = of_timeline(Timeline("supplier", MASTER, 3, "active", AUGUST, 1, slices))
    assert list(chart.rows) == ["city", "name"]
    assert [(b.first, b.start, b.end, b.text) for b in chart.boxes] == [
        (0, None, MAY, "Kiel"), (0, MAY, JULY, "Ulm"), (1, None, JULY, "Nord"), (1, AUGUST, None, "Nord"),
    ]  # fmt: skip


def test_recorded_time_goes_down() -> None:
    entries = [
        entry("Ulm", (JULY, None), (AUGUST, None)),
        entry("Kiel", (MAY, JULY), (AUGUST, None)),
        entry("Kiel", (MAY, None), (MAY, AUGUST)),
    ]
    chart = of_history(History("supplier", MASTER, ["city"], False, entries, [], None), "city")  # noqa: FBT003
    assert list(chart.rows) == ["2026-05-01 00:00", "2026-08-01 00:00"]
    assert [(b.first, b.last, b.text) for b in chart.boxes] == [(0, 1, "Kiel"), (1, 2, "Kiel"), (1, 2, "Ulm")]


def test_what_began_later_is_further_to_the_right() -> None:
    boxes = [Box(0, 1, None, MAY, "a", ""), Box(0, 1, MAY, JULY, "b", ""), Box(1, 2, JULY, None, "c", "")]
    first, second, third = parsed(Chart("t", "d", ["x", "y"], boxes)).iter(f"{SVG}rect")
    ends = [float(rect.attrib["x"]) + float(rect.attrib["width"]) for rect in (first, second)]
    assert ends == pytest.approx([float(second.attrib["x"]), float(third.attrib["x"])])
    assert float(third.attrib["y"]) > float(first.attrib["y"])
    assert len({rect.attrib["class"] for rect in (first, second, third)}) == 3


def test_values_of_long_since_have_room_up_to_what_was_recorded_last() -> None:
    slices = [
        Shown(MAY, JULY, {"city": "Kiel"}, {"city": ERP}, []),
        Shown(JULY, None, {"city": "Ulm"}, {"city": ERP}, []),
    ]
    recorded = datetime(2027, 5, 1, tzinfo=UTC)
    entries = [entry(s.attributes["city"], (s.valid_from, s.valid_to), (recorded, None)) for s in reversed(slices)]
    for chart in (
        of_timeline(Timeline("supplier", MASTER, 3, "active", recorded, 1, slices)),
        of_history(History("supplier", MASTER, ["city"], False, entries, [], None), "city"),  # noqa: FBT003
    ):
        before, since = (float(rect.attrib["width"]) for rect in parsed(chart).iter(f"{SVG}rect"))
        assert since > 4 * before


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><rect onload="x"/>', "a & b", "\x00\x1b\ufffe", "]]>"]
)
def test_texts_stay_texts(text: str) -> None:
    chart = Chart(text, text, [text], [Box(0, 1, MAY, None, text, text)])
    root = parsed(chart)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "style", "text", "line", "g", "rect",
    }  # fmt: skip
    assert root.find(f"{SVG}title").text == re.sub("[\x00\x1b\ufffe]", "\ufffd", text)  # type: ignore[union-attr]
    assert (draw(chart), root.attrib["role"]) == (draw(chart), "img")


@pytest.mark.parametrize("boxes", [[], [Box(0, 1, None, None, "always", "")], [Box(0, 1, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), "x", "")]])  # fmt: skip  # noqa: E501
def test_any_times_can_be_drawn(boxes: list[Box]) -> None:
    assert len(list(parsed(Chart("t", "d", [], boxes)).iter(f"{SVG}rect"))) == len(boxes)
