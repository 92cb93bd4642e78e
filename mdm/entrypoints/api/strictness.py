"""What a request may not contain: parameters nobody reads, twice the same, control characters, foreign bodies."""

import json
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ParamType
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg

from mdm.errors import InvalidInput, UnsupportedMediaType

JSON = "application/json"
UTF_8 = ("utf-8", "utf8")


def check_parameters(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse query parameters that the resource does not have; raises InvalidInput naming the parameter."""
    if not _clean(connection.scope["path"]):
        raise InvalidInput("The path contains a control character.", path="path")
    known = _query_parameters(handler)
    seen = set()
    for name, value in connection.query_params.multi_items():
        if name not in known:
            raise InvalidInput(
                f"There is no query parameter `{_shown(name)}` here.", hint=_hint(name, known), path=name
            )
        if name in seen:
            raise InvalidInput(f"The query parameter `{name}` is given twice.", path=name)
        if not _clean(value):
            raise InvalidInput(f"The query parameter `{name}` contains a control character.", path=name)
        seen.add(name)


def check_media_type(request: Request[Any, Any, Any], *accepted: str) -> str:
    """Return the media type of the body; raises UnsupportedMediaType unless it is an accepted one in UTF-8."""
    media_type, options = request.content_type
    hint = f"Send {' or '.join(accepted)} in UTF-8."
    if media_type not in accepted:
        shown = f"`{_shown(media_type)}`" if media_type else "without a Content-Type"
        raise UnsupportedMediaType(f"The body is {shown}.", hint=hint, path="Content-Type")
    if options.get("charset", "utf-8").lower() not in UTF_8:
        raise UnsupportedMediaType(f"The charset is {_shown(options['charset'])}.", hint=hint, path="Content-Type")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("The body is compressed.", hint="Send it as it is.", path="Content-Encoding")
    return media_type


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON means the same to every reader: no repeated names, no NaN."""

    async def json(self) -> Any:
        """Parse the body; raises InvalidInput or UnsupportedMediaType."""
        check_media_type(self, JSON)
        try:
            return json.loads(await self.body(), object_pairs_hook=_unique, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"The body is not JSON: {error}.", hint="Send one JSON object in UTF-8.") from None


@lru_cache(maxsize=256)
def _query_parameters(handler: BaseRouteHandler) -> frozenset[str]:
    fields = handler.parsed_fn_signature.parameters.values()
    return frozenset(
        field.kwarg_definition.name or field.name
        for field in fields
        if isinstance(field.kwarg_definition, ParameterKwarg) and field.kwarg_definition.param_type == ParamType.QUERY
    )


def _hint(name: str, known: frozenset[str]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"There are {', '.join(sorted(known))}." if known else "This resource has none."


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"`{_shown(name)}` occurs twice in one object")
    return dict(pairs)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _clean(text: str) -> bool:
    return not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in text)


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:80])
