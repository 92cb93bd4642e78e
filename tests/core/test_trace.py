import pytest

from mdm.core.ids import new_id
from mdm.core.trace import child, read_traceparent, read_tracestate

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01"),
        (f"00-{TRACE}-{SPAN}-ff", f"00-{TRACE}-{SPAN}-03"),
        (f"01-{TRACE}-{SPAN}-01-more", f"00-{TRACE}-{SPAN}-01"),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"01-{TRACE}-{SPAN}-01more", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        ("", None),
        (None, None),
    ],
)
def test_a_trace_context_is_read_as_the_standard_says(sent: str | None, read: str | None) -> None:
    assert read_traceparent(sent) == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (["rojo=1,congo=t61"], "rojo=1,congo=t61"),
        (["rojo=1", " congo=t61 ,"], "rojo=1,congo=t61"),
        (["fw529a3039@dt=FfAAAA"], "fw529a3039@dt=FfAAAA"),
        (["Rojo=1"], None),
        (["rojo=1,nonsense"], None),
        ([",".join(f"a{n}=1" for n in range(33))], None),
        ([], None),
    ],
)
def test_what_others_wrote_beside_it_is_handed_on_whole_or_not_at_all(sent: list[str], read: str | None) -> None:
    assert read_tracestate(sent) == read


def test_of_too_much_the_oldest_members_are_left_out() -> None:
    state = read_tracestate([f"new={'x' * 200}", f"middle={'y' * 200}", f"old={'z' * 200}"])
    assert state == f"new={'x' * 200},middle={'y' * 200}"


def test_an_event_is_a_span_of_its_own_in_the_same_trace() -> None:
    event = new_id()
    made = child(f"00-{TRACE}-{SPAN}-01", event)
    assert made == f"00-{TRACE}-{event.hex[16:]}-01"
    assert read_traceparent(made) == made
    assert child("nonsense", event) is child(None, event) is None
