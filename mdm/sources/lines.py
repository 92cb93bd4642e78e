"""Physical lines of a file as exact bytes, and the rows that quoted line breaks make of them."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import AnyStr, BinaryIO

LARGEST_ROW = 1024 * 1024
MOST_LINES_IN_ROW = 100
LARGEST_QUOTED_ROW = 64 * 1024
Readable = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line number, its exact bytes without the line end, and the offset of the byte after it.

    Of a row over the limit `raw` has the first LARGEST_ROW + 1 bytes, enough to see that it is too large.
    """

    number: int
    raw: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the splitter must know of a CSV file."""

    delimiter: str
    quote: str
    encoding: str

    @property
    def wide(self) -> bool:
        """Whether a character takes two bytes or more, so that bytes cannot be searched for ASCII."""
        return self.encoding.startswith("utf-16")


def physical_lines(stream: BinaryIO, offset: int, number: int, encoding: str) -> Iterator[Row]:
    """Yield every line of a stream that stands at `offset`; a line's bytes include its line end."""
    read = _wide_reader(stream, encoding) if encoding.startswith("utf-16") else stream.readline
    end = "\n".encode(encoding)
    while line := read(LARGEST_ROW + 2):
        offset += len(line)
        if len(line) > LARGEST_ROW + 1 and not line.endswith(end):
            while rest := read(LARGEST_ROW):
                offset += len(rest)
                if rest.endswith(end):
                    break
        yield Row(number, line, offset)
        number += 1


def _wide_reader(stream: BinaryIO, encoding: str) -> Callable[[int], bytes]:
    """Return a readline for UTF-16, where byte 0A may be half of another character."""
    little = encoding == "utf-16-le"

    def read(limit: int) -> bytes:
        line = bytearray()
        while len(line) < limit and (part := stream.readline(limit - len(line))):
            line += part
            if little and len(line) % 2:
                line += stream.read(1)
            if len(line) % 2 == 0 and line.endswith(b"\n\0" if little else b"\0\n"):
                break
        return bytes(line)

    return read


def without_line_end(line: bytes, encoding: str) -> bytes:
    """Return the line's bytes without LF or CRLF."""
    for end in ("\r\n", "\n"):
        if line.endswith(coded := end.encode(encoding)):
            return line[: -len(coded)]
    return line


def csv_rows(lines: Iterator[Row], dialect: Dialect, readable: Readable) -> Iterator[Row]:
    """Join lines whose quoted field goes on over the line end, and leave out blank rows.

    Only if the joined row is `readable`; otherwise a quote was never closed, and its line is a (broken) row of its own,
    so that the lines behind it are read.
    """
    pending: deque[Row] = deque()
    quote = dialect.quote.encode()
    while (line := pending.popleft() if pending else next(lines, None)) is not None:
        row = line
        if quote and quote in line.raw and still_open(line.raw, dialect):
            taken = _continued(line, pending, lines, dialect)
            joined = Row(line.number, b"".join(part.raw for part in taken), taken[-1].offset)
            if len(taken) > 1 and readable(without_line_end(joined.raw, dialect.encoding)):
                row = joined
            else:
                pending.extendleft(reversed(taken[1:]))
        raw = without_line_end(row.raw, dialect.encoding)
        if not _blank(raw, dialect):
            yield Row(row.number, raw[: LARGEST_ROW + 1], row.offset)


def _continued(first: Row, pending: deque[Row], lines: Iterator[Row], dialect: Dialect) -> list[Row]:
    """Return the lines from the first to the one that closes its quote, or as many as a row may have."""
    taken, quote = [first], dialect.quote.encode()
    size = len(first.raw)
    while len(taken) < MOST_LINES_IN_ROW and size <= LARGEST_QUOTED_ROW:
        line = pending.popleft() if pending else next(lines, None)
        if line is None:
            break
        taken.append(line)
        size += len(line.raw)
        if quote in line.raw and not still_open(b"".join(part.raw for part in taken), dialect):
            break
    return taken


def still_open(raw: bytes, dialect: Dialect) -> bool:
    """Tell whether the text ends inside a quoted field."""
    if dialect.wide:
        return _ends_quoted(raw.decode(dialect.encoding, "replace"), dialect.delimiter, dialect.quote)
    return _ends_quoted(raw, dialect.delimiter.encode(), dialect.quote.encode())


def _ends_quoted(text: AnyStr, delimiter: AnyStr, quote: AnyStr) -> bool:
    begin = delimiter + quote
    position = 0 if text.startswith(quote) else text.find(begin) + 1
    while position or text.startswith(quote):
        position += 1
        while (position := text.find(quote, position)) >= 0 and text.startswith(quote, position + 1):
            position += 2
        if position < 0:
            return True
        position = text.find(begin, position + 1) + 1
        if position == 0:
            return False
    return False


def _blank(raw: bytes, dialect: Dialect) -> bool:
    if dialect.wide:
        return not raw.decode(dialect.encoding, "replace").strip(f" \t\r{dialect.delimiter}")
    return not raw.strip(b" \t\r" + dialect.delimiter.encode())
