from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mdm.sources.times import instant_reader, pattern_problem

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("pattern", "text", "instant"),
    [
        ("iso", "2024-01-01T12:00:00", datetime(2024, 1, 1, 11, tzinfo=UTC)),
        ("iso", "2024-01-01T12:00:00Z", datetime(2024, 1, 1, 12, tzinfo=UTC)),
        ("iso", "2025-04-24T13:18:26.000+0000", datetime(2025, 4, 24, 13, 18, 26, tzinfo=UTC)),
        ("%d.%m.%Y", "1.7.2024", datetime(2024, 6, 30, 22, tzinfo=UTC)),
        ("%Y%m%d%H%M%S", "20240701083000", datetime(2024, 7, 1, 6, 30, tzinfo=UTC)),
        ("epoch_seconds", 1712693965, datetime(2024, 4, 9, 20, 19, 25, tzinfo=UTC)),
        ("epoch_milliseconds", "1712693965500", datetime(2024, 4, 9, 20, 19, 25, 500000, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_its_declared_form_and_zone(pattern: str, text: object, instant: datetime) -> None:
    assert instant_reader(pattern, BERLIN)(text) == instant


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("iso", "yesterday"),
        ("iso", 5),
        ("iso", "0001-01-01T00:00:00"),
        ("%d.%m.%Y", "31.02.2024"),
        ("%d.%m.%Y", "01.01.2024 08:00"),
        ("%d.%m.%Y", "٠١.٠١.٢٠٢٤"),
        ("epoch_seconds", "1e9"),
        ("epoch_seconds", True),
        ("epoch_seconds", 10**18),
    ],
)
def test_what_is_no_time_is_refused(pattern: str, text: object) -> None:
    with pytest.raises(ValueError, match="not a time of the form"):
        instant_reader(pattern, BERLIN)(text)


@pytest.mark.parametrize("pattern", ["%d.%m.%y", "%Y-%m", "yyyy-mm-dd", "%Y-%m-%d %Y", "%"])
def test_a_pattern_that_cannot_work_is_noticed(pattern: str) -> None:
    assert pattern_problem(pattern)
