"""Charts of intervals as SVG: small, in itself complete, without scripts, legible on light and on dark ground."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

WIDTH, LEFT, RIGHT, TOP, ROW, GAP = 960, 200, 12, 56, 26, 3
LETTER = 6.4  # pixels, about
TICK_LEAST = 84  # pixels between two dates on the axis
MOST_LINES = 60
ALONE = 30 * 86_400.0  # seconds to both sides of the only instant
MARGIN = 0.06  # of the whole time, to both sides
SHORT = 5 * 86_400.0  # seconds, of a time of which the axis tells hours
HUES = 8
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0

STYLE = """
text{font:12px system-ui,sans-serif;fill:#1b1f24}
.h{font-weight:600;font-size:14px}
.a{fill:#57606a;font-size:11px}
line{stroke:#d0d7de;stroke-dasharray:2 3}
rect{stroke:#57606a;stroke-width:.7}
.c0{fill:#cfe4ff}.c1{fill:#ffe2b8}.c2{fill:#cdeccf}.c3{fill:#f6cfe0}
.c4{fill:#ddd3f7}.c5{fill:#f4ecb0}.c6{fill:#c5ecea}.c7{fill:#f7d2c4}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.a{fill:#9aa4af}line{stroke:#3d444d}rect{stroke:#9aa4af}
.c0{fill:#1d4470}.c1{fill:#6b4710}.c2{fill:#1f5126}.c3{fill:#6b2748}
.c4{fill:#443078}.c5{fill:#5a5110}.c6{fill:#17504d}.c7{fill:#6e3420}
}
""".replace("\n", "")


@dataclass(frozen=True, slots=True)
class Box:
    """A value over `[start, end)`, None open, in the rows `first` to `last`; `tip` says more of it."""

    first: int
    last: int
    start: datetime | None
    end: datetime | None
    text: str
    tip: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Values over time, across; what the rows are is in their names. The axis has room up to `reach` at least."""

    title: str
    description: str
    rows: Sequence[str]
    boxes: Sequence[Box]
    reach: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where instants are on the axis."""

    low: float
    high: float

    def place(self, instant: datetime) -> float:
        """Return how far to the right an instant is, in pixels."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (instant.timestamp() - self.low) / (self.high - self.low), 1)

    def label(self, instant: datetime) -> str:
        """Return what the axis says at an instant."""
        return f"{instant:%m-%d %H:%M}" if self.high - self.low < SHORT else f"{instant:%Y-%m-%d}"


def draw(chart: Chart) -> str:
    """Return a chart as the text of an SVG document; the same chart gives the same text."""
    bounds = sorted({bound for box in chart.boxes for bound in (box.start, box.end) if bound is not None})
    scale = _scale(bounds, chart.reach)
    height = TOP + ROW * max(len(chart.rows), 1) + RIGHT
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        f'<title id="title">{_safe(chart.title)}</title><desc id="desc">{_safe(chart.description)}</desc>',
        f"<style>{STYLE}</style>",
        _text(12, 20, chart.title, kind="h"),
        *_axis(scale, bounds, height),
        *(_text(12, _top(n) + 17, _cut(name, LEFT - 24)) for n, name in enumerate(chart.rows)),
        *_boxes(chart.boxes, scale),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _scale(bounds: Sequence[datetime], reach: datetime | None) -> _Scale:
    times = sorted(bound.timestamp() for bound in (*bounds, *([] if reach is None else [reach]))) or [0.0]
    pad = (times[-1] - times[0]) * MARGIN or ALONE
    return _Scale(times[0] - pad, times[-1] + pad)


def _axis(scale: _Scale, bounds: Sequence[datetime], height: int) -> Iterator[str]:
    """Yield a line for every instant at which something begins or ends, and as many dates as there is room for."""
    free = 0.0
    for bound in bounds[:MOST_LINES]:
        x = scale.place(bound)
        yield f'<line x1="{x}" x2="{x}" y1="{TOP - 8}" y2="{height - RIGHT}"/>'
        if x >= free:
            yield _text(x, TOP - 12, scale.label(bound), kind="a")
            free = x + TICK_LEAST


def _boxes(boxes: Sequence[Box], scale: _Scale) -> Iterator[str]:
    hues: dict[str, int] = {}
    for box in boxes:
        hue = hues.setdefault(box.text, len(hues) % HUES)
        x = LEFT if box.start is None else scale.place(box.start)
        end = WIDTH - RIGHT if box.end is None else scale.place(box.end)
        y, width = _top(box.first), round(max(end - x, 2.0), 1)
        height = ROW * (box.last - box.first) - GAP
        yield f"<g><title>{_safe(box.tip)}</title>"
        yield f'<rect class="c{hue}" x="{x}" y="{y}" width="{width}" height="{height}" rx="3"/>'
        yield _text(x + 5, y + 16, _cut(box.text, width - 10))
        yield "</g>"


def _top(row: int) -> int:
    return TOP + ROW * row


def _cut(text: str, width: float) -> str:
    """Return as much of a text as there is room for."""
    room = int(width / LETTER)
    if len(text) <= room:
        return text
    return f"{text[: room - 1]}…" if room > 1 else ""


def _text(x: float, y: float, text: str, *, kind: str | None = None) -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{name}>{_safe(text)}</text>' if text else ""


def _safe(text: str) -> str:
    return escape(FORBIDDEN.sub("\ufffd", text))
