"""A feed: one kind of file of one source, read row by row and interpreted as facts."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from mdm.errors import UnreadableFile, UnreadableRow
from mdm.sources.canonical import canonical
from mdm.sources.csv_text import check_plain, read_cells, read_header, refuse
from mdm.sources.declaration import FeedDeclaration, FieldDeclaration
from mdm.sources.fact import SourceFact, shown
from mdm.sources.json_text import read_json
from mdm.sources.layout import CellLayout, ObjectLayout
from mdm.sources.lines import LARGEST_ROW, Dialect, Row, csv_rows, physical_lines, without_line_end
from mdm.sources.plan import Plan

Context = dict[str, Any]
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Rows:
    """The rows of a file from an offset on; `context` (JSON-able) goes with every row of the load."""

    def __init__(self, path: Path, context: Context, read: Callable[[BinaryIO], Iterator[Row]]) -> None:
        """Know what to read; iterating opens the file."""
        self.path = path
        self.context = context
        self.size = path.stat().st_size
        self._read = read

    def __iter__(self) -> Iterator[Row]:
        """Yield every row, broken ones too: interpreting them says what is wrong."""
        with self.path.open("rb") as stream:
            yield from self._read(stream)


class Feed:
    """One kind of file of a source; `domain` is None where every row names its own."""

    def __init__(self, source: str, name: str, declared: FeedDeclaration, timezone: str) -> None:
        """Bind a declaration to its source; readers are compiled on first use."""
        self.source = source
        self.name = name
        self.domain = declared.domain
        self.declared = declared
        self.format = declared.format
        self._zone = ZoneInfo(timezone)
        self._plan_for = lru_cache(maxsize=16)(self._compile)

    def open(self, path: Path) -> Rows:
        """Check that the file is one of this feed, read its header and return its rows; raises UnreadableFile."""
        try:
            with path.open("rb") as stream:
                check_plain(stream.read(4), path)
                stream.seek(0)
                context = self._context(stream, path)
        except OSError as error:
            refuse(path, f"it cannot be opened: {error.strerror}", None)
        return self.rows(path, context["offset"], context)

    def rows(self, path: Path, start_offset: int, context: Context) -> Rows:
        """Return the rows from an offset on, which is where the last row taken ended (`Row.offset`)."""
        return Rows(path, context, partial(self._read, start_offset=start_offset, context=context))

    def interpret(self, raw: bytes, context: Context) -> SourceFact:
        """Interpret the bytes of one row; raises UnreadableRow or InvalidAttributes, saying what is wrong where."""
        if self.format.type == "csv":
            return self._plan_for(tuple(context["header"])).fact(read_cells(raw, context, self.format))
        if len(raw) > LARGEST_ROW:
            raise UnreadableRow(f"The row is longer than {LARGEST_ROW:,} bytes.", reason="too_long")
        document = read_json(raw)
        if self.format.type == "canonical":
            return self._canonical(document)
        if not isinstance(document, dict):
            raise UnreadableRow(
                f"The row is {shown(document)}, not a JSON object.", reason="json", value=shown(document)
            )
        return self._plan_for(()).fact(document)

    def _canonical(self, document: Any) -> SourceFact:
        fact = canonical(document, source=self.source)
        if self.domain not in (None, fact.domain):
            raise UnreadableRow(f'`domain` is "{fact.domain}", this feed holds "{self.domain}".', path="domain")
        return fact

    def _compile(self, header: tuple[str, ...]) -> Plan:
        layout = CellLayout(header, self.format) if self.format.type == "csv" else ObjectLayout(self.format)
        return Plan(self.source, self.declared, self._zone, layout)

    def _context(self, stream: BinaryIO, path: Path) -> Context:
        if self.format.type != "csv":
            return {"offset": _begin_of_json(stream, path), "line": 1}
        context = read_header(stream, path, self.format)
        header = context["header"]
        try:
            self._plan_for(tuple(header))
        except UnreadableFile as error:
            self._refuse_columns(path, header, str(error.details["column"]))
        context["ignored"] = [name for name in header if name not in columns_of(self.declared)]
        return context

    def _refuse_columns(self, path: Path, header: list[str], first: str) -> None:
        missing = [name for name in columns_of(self.declared, required=True) if name not in header]
        close = get_close_matches(first, header, n=1, cutoff=0.7)
        hint = f'Did you mean "{close[0]}"?' if close else f"Its columns are {', '.join(header[:40])}."
        names = ", ".join(f'"{name}"' for name in missing)
        refuse(path, f"the mapping {self.source}/{self.name} needs columns that it does not have: {names}", hint)

    def _read(self, stream: BinaryIO, *, start_offset: int, context: Context) -> Iterator[Row]:
        encoding = context.get("encoding", "utf-8")
        number = context["line"] + _line_feeds(stream, context["offset"], start_offset, encoding)
        lines = physical_lines(stream, start_offset, number, encoding)
        if self.format.type == "csv":
            dialect = Dialect(self.format.delimiter, self.format.quote, encoding)
            yield from csv_rows(lines, dialect, lambda raw: self._readable(raw, context))
            return
        for line in lines:
            raw = without_line_end(line.raw, encoding)[: LARGEST_ROW + 1]
            if raw.strip():
                yield Row(line.number, raw, line.offset)

    def _readable(self, raw: bytes, context: Context) -> bool:
        try:
            return bool(read_cells(raw, context, self.format))
        except UnreadableRow:
            return False


def columns_of(declared: FeedDeclaration, *, required: bool = False) -> list[str]:
    """Return the columns a feed reads, in order of mention; only those it cannot do without if `required`."""
    envelope = [getattr(declared, name) for name in type(declared).model_fields if name not in ("format", "attributes")]
    fields = [field for field in envelope if isinstance(field, FieldDeclaration)] + [*declared.attributes.values()]
    return list(dict.fromkeys(name for field in fields for name in _columns(field, required=required)))


def _columns(field: FieldDeclaration, *, required: bool) -> Iterator[str]:
    if not (required and field.optional):
        yield from filter(None, [field.column, *(field.first or ()), *(field.join or ())])
    inner = [field.fields or {}, *(field.elements or ())]
    for fields in inner:
        for part in fields.values():
            yield from _columns(part, required=required)


def _line_feeds(stream: BinaryIO, begin: int, end: int, encoding: str) -> int:
    """Count the lines between two offsets and leave the stream at the second."""
    stream.seek(begin)
    if encoding.startswith("utf-16"):
        lines = physical_lines(stream, begin, 0, encoding)
        count = 0
        while begin < end and (line := next(lines, None)):
            begin, count = line.offset, count + 1
    else:
        count = 0
        while begin < end and (block := stream.read(min(1 << 20, end - begin))):
            begin, count = begin + len(block), count + block.count(b"\n")
    stream.seek(end)
    return count


def _begin_of_json(stream: BinaryIO, path: Path) -> int:
    """Return where the JSON lines begin; raises UnreadableFile for what are none."""
    head = stream.read(64 * 1024)
    start = len(BYTE_ORDER_MARK) if head.startswith(BYTE_ORDER_MARK) else 0
    first = head[start:].lstrip()
    if not first:
        refuse(path, "the file is empty", "Export it again.")
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        refuse(path, "it begins with the mark of UTF-16; JSON lines are UTF-8", None)
    if first.startswith(b"[") or first.split(b"\n", 1)[0].strip() == b"{":
        refuse(path, "it is one JSON document over many lines", "Export JSON lines: one object on every line.")
    return start
