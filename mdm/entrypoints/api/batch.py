"""Taking the body of a batch apart, every row with its exact bytes."""

import json
import re
from collections.abc import Iterator
from itertools import islice

from mdm.errors import InvalidInput, TooLarge, UnreadableRow

JSON_ARRAY = "application/json"
JSON_LINES = ("application/x-ndjson", "application/jsonl")
BLANK = re.compile(r"[ \t\r\n]*")
ONE_ARRAY = "Send one array of facts, or JSON lines as application/x-ndjson."

# Only finds where elements end: numbers stay text, and what is wrong inside an element is that row's affair.
SCANNER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)


def split(body: bytes, media_type: str, *, most: int) -> list[tuple[int, bytes]]:
    """Return the rows (number, bytes), numbered from 1; raises InvalidInput, UnreadableRow or TooLarge."""
    rows = _elements(body) if media_type == JSON_ARRAY else _lines(body)
    found = list(islice(rows, most + 1))
    if len(found) > most:
        raise TooLarge(f"The batch has more than {most:,} rows.", hint="Send it in several requests.")
    if not found:
        raise InvalidInput("The batch is empty.", hint="Send at least one fact.")
    return found


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(body.split(b"\n"), start=1):
        raw = line.removesuffix(b"\r")
        if raw.strip():
            yield number, raw


def _elements(body: bytes) -> Iterator[tuple[int, bytes]]:
    text = _decoded(body)
    place = _blank(text, 0)
    if text[place : place + 1] != "[":
        raise UnreadableRow("The body is not a JSON array.", hint=ONE_ARRAY, reason="json")
    place, number = _blank(text, place + 1), 0
    closed = text[place : place + 1] == "]"
    while not closed:
        number += 1
        end = _end_of_element(text, place)
        yield number, text[place:end].encode()
        place = _blank(text, end)
        closed = text[place : place + 1] == "]"
        if not closed and text[place : place + 1] != ",":
            raise _broken("a comma or the end of the array is missing", place)
        place = place if closed else _blank(text, place + 1)
    if (place := _blank(text, place + 1)) != len(text):
        raise _broken("something follows the array", place)


def _end_of_element(text: str, place: int) -> int:
    try:
        return SCANNER.raw_decode(text, place)[1]
    except json.JSONDecodeError as error:
        raise _broken(error.msg, error.pos) from None
    except RecursionError:
        raise UnreadableRow("The JSON is nested too deeply.", hint=ONE_ARRAY, reason="depth") from None


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableRow(
            f"The body is not UTF-8: byte {error.start} is 0x{body[error.start]:02x}.",
            hint=ONE_ARRAY,
            reason="encoding",
        ) from None


def _blank(text: str, place: int) -> int:
    found = BLANK.match(text, place)
    return found.end() if found else place


def _broken(what: str, place: int) -> UnreadableRow:
    return UnreadableRow(f"The JSON is broken at character {place}: {what}.", hint=ONE_ARRAY, reason="json")
