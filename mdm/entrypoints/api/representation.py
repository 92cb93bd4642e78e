"""Answers that callers may keep: an ETag over the exact bytes, and 304 while it still holds."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from litestar import Request, Response
from litestar.status_codes import HTTP_304_NOT_MODIFIED
from pydantic import BaseModel

from mdm.core.ids import digest

M = TypeVar("M", bound=BaseModel)
DIGITS = 32
REVALIDATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


def tagged(request: Request[Any, Any, Any], content: M, *, headers: Mapping[str, str] | None = None) -> Response[M]:
    """Answer with content, or with 304 if the caller has it already."""
    body = content.model_dump_json()
    return cast("Response[M]", tagged_text(request, body, media_type="application/json", headers=headers))


def tagged_text(
    request: Request[Any, Any, Any], content: str, *, media_type: str, headers: Mapping[str, str] | None = None
) -> Response[str]:
    """Answer with a text, or with 304 if the caller has it already."""
    body = content.encode()
    etag = f'"{digest(body)[:DIGITS]}"'
    kept = {**REVALIDATE, "ETag": etag, **(headers or {})}
    if matches(request.headers.get("if-none-match"), etag):
        return cast("Response[str]", Response(content=b"", status_code=HTTP_304_NOT_MODIFIED, headers=kept))
    return cast("Response[str]", Response(content=body, media_type=media_type, headers=kept))


def matches(condition: str | None, etag: str) -> bool:
    """Compare weakly, as RFC 9110 asks of If-None-Match."""
    if condition is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return "*" in tags or etag in tags
