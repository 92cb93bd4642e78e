"""CSV text: the cells of a row, and the header that says what they are."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from mdm.errors import UnreadableFile, UnreadableRow
from mdm.sources.declaration import FormatDeclaration
from mdm.sources.fact import UNPRINTABLE, shown
from mdm.sources.lines import LARGEST_ROW, physical_lines, without_line_end

PACKED = {b"\x1f\x8b": "compressed with gzip", b"PK\x03\x04": "a ZIP archive or an Excel workbook"}
DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
WIDE_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_text(raw: bytes, encoding: str) -> str:
    """Decode the bytes of a row; raises UnreadableRow naming the first bad byte."""
    if len(raw) > LARGEST_ROW:
        raise UnreadableRow(f"The row is longer than {LARGEST_ROW:,} bytes.", reason="too_long")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        bad = raw[error.start : error.start + 1].hex().upper()
        raise UnreadableRow(
            f"Byte {error.start + 1} (hex {bad}) is not {encoding}.",
            hint="The file, or a part of it, was written in another encoding.",
            reason="encoding",
        ) from None
    if "\0" in text:
        raise UnreadableRow(f"The row contains a NUL character at {text.index(chr(0)) + 1}.", reason="nul")
    return text


def split_cells(text: str, form: FormatDeclaration) -> list[str]:
    """Split the text of one row into its stripped cells; raises UnreadableRow for an unbalanced quote."""
    source = io.StringIO(text, newline="") if "\n" in text else [text]
    reader = csv.reader(
        source,
        delimiter=form.delimiter,
        quotechar=form.quote or None,
        quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
        strict=True,
    )
    try:
        rows = list(reader)
    except csv.Error as error:
        reason = "a quote is never closed" if "unexpected end of data" in str(error) else str(error)
        raise UnreadableRow(f"The row is not well-formed CSV: {reason}.", reason="csv") from None
    if len(rows) != 1:
        raise UnreadableRow("The row has a line break outside quotes.", reason="csv")
    return [cell.strip() for cell in rows[0]]


def read_cells(raw: bytes, context: dict[str, Any], form: FormatDeclaration) -> list[str]:
    """Return the cells of a row; raises UnreadableRow if they are not as many as the header's."""
    cells = split_cells(read_text(raw, context["encoding"]), form)
    if len(cells) != len(context["header"]):
        raise UnreadableRow(
            f"The row has {len(cells)} columns, the header has {len(context['header'])}.",
            hint="Put values that contain the delimiter or a quote in quotes.",
            reason="columns",
        )
    return cells


def read_header(stream: BinaryIO, path: Path, form: FormatDeclaration) -> dict[str, Any]:
    """Read the header of a CSV file; raises UnreadableFile for what cannot be a file of this feed.

    Returns what every row needs and a load keeps: {"encoding", "header", "offset", "line"} of the first row.
    """
    encoding, start = _encoding(stream.read(4), path, form)
    stream.seek(start)
    lines = list(islice(physical_lines(stream, start, 1, encoding), form.skip_lines + 1))
    if len(lines) <= form.skip_lines:
        refuse(path, "the file is empty" if not lines else "the file ends before its header", "Export it again.")
    line = lines[-1]
    raw = without_line_end(line.raw, encoding)
    if not raw.strip(b" \t\0"):
        refuse(path, "the header line is blank", f"Is `format.skip_lines: {form.skip_lines}` right?")
    if "\r".encode(encoding) in raw:
        refuse(path, "its lines end with CR alone", "Export it with LF or CRLF line ends.")
    try:
        header = split_cells(read_text(raw, encoding), form)
    except UnreadableRow as error:
        refuse(path, f"its header cannot be read: {error.message.rstrip('.')}", error.hint)
    _check_header(header, path, form)
    return {"encoding": encoding, "header": header, "offset": line.offset, "line": line.number + 1}


def _encoding(head: bytes, path: Path, form: FormatDeclaration) -> tuple[str, int]:
    """Return the encoding and where the text begins; a byte order mark must agree with the mapping."""
    for mark, name in WIDE_MARKS:
        if head.startswith(mark):
            if form.encoding != "utf-16":
                refuse(path, f"it begins with the mark of UTF-16, the mapping says {form.encoding}", None)
            return name, len(mark)
    if form.encoding == "utf-16":
        refuse(path, "it does not begin with the mark of UTF-16, as the mapping says", None)
    marked = head.startswith(codecs.BOM_UTF8)
    if form.encoding in ("utf-8", "utf-8-sig"):
        return "utf-8", len(codecs.BOM_UTF8) if marked else 0
    if marked:
        refuse(path, f"it begins with the mark of UTF-8, the mapping says {form.encoding}", None)
    return form.encoding, 0


def _check_header(header: Sequence[str], path: Path, form: FormatDeclaration) -> None:
    if len(header) == 1:
        other = [name for sign, name in DELIMITERS.items() if sign != form.delimiter and sign in header[0]]
        declared = DELIMITERS.get(form.delimiter, form.delimiter)
        if other:
            refuse(
                path,
                f"its header is a single column where the mapping expects {declared} between columns",
                f"It looks as if {other[0]} separates them: correct `format.delimiter` or the export.",
            )
    twice = [name for name, times in Counter(header).items() if times > 1 and name]
    if twice:
        hint = "If its first line is a row, export it with a header."
        refuse(path, f"the column {shown(twice[0])} occurs {header.count(twice[0])} times in the header", hint)
    if "" in header:
        refuse(path, f"column {header.index('') + 1} of {len(header)} has no name in the header", None)
    if bad := [name for name in header if UNPRINTABLE.search(name)]:
        refuse(path, f"the column name {shown(bad[0])} contains a control character", None)


def check_plain(head: bytes, path: Path) -> None:
    """Raise UnreadableFile for a file that only holds another one, by its first bytes."""
    for mark, what in PACKED.items():
        if head.startswith(mark):
            refuse(path, f"it is {what}, not text", "Unpack it, or export it as text.")


def refuse(path: Path, reason: str, hint: str | None) -> NoReturn:
    """Raise UnreadableFile for a file, before anything of it is loaded."""
    raise UnreadableFile(f"{path.name}: {reason}.", hint=hint, file=str(path), reason=reason)
