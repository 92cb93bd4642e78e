"""Pages of long lists: where the next one begins is a cursor that only the hub can make."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from urllib.parse import urlencode

from litestar import Request
from litestar.params import QueryParameter
from pydantic import BaseModel, ConfigDict, Field

from mdm.errors import InvalidCursor

T = TypeVar("T")
LARGEST_PAGE = 1_000
LARGEST_NUMBER = 2**31 - 1
LARGEST_SERIAL = 2**63 - 1

Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE, description="Items on a page.")]
Cursor: TypeAlias = Annotated[
    str | None, QueryParameter(max_length=200, description="Where the page begins: taken from a `next` link.")
]


class Page(BaseModel, Generic[T]):
    """Some of the items, and the link to those that follow, if there are any."""

    model_config = ConfigDict(extra="forbid")

    items: list[T]
    next: str | None = Field(default=None, description="Relative link to the next page.")


def begins_at(cursor: str | None, read: Callable[[str], T]) -> T | None:
    """Return the position a cursor stands for; raises InvalidCursor."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return read(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (binascii.Error, ValueError):
        raise InvalidCursor(hint="Follow the `next` link of the page before.", path="cursor") from None


def number(largest: int) -> Callable[[str], int]:
    """Return what reads a position that is a positive number."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= largest):
            raise ValueError
        return int(text)

    return read


def next_link(
    request: Request[Any, Any, Any], found: Sequence[T], limit: int, position: Callable[[T], object]
) -> str | None:
    """Return the link to what follows the page, given one item more than the page holds."""
    return link_after(request, position(found[limit - 1]) if len(found) > limit else None)


def link_after(request: Request[Any, Any, Any], position: object | None) -> str | None:
    """Return the link to what follows a position, None if nothing does."""
    if position is None:
        return None
    text = str(position)
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    kept = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return f"{request.scope['path']}?{urlencode(kept | {'cursor': cursor})}"
