"""Every error as a problem document (RFC 9457) that says what was wrong, where, and what to do."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Literal, get_args, get_origin

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.params import ParameterKwarg
from litestar.types import ExceptionHandlersMap
from pydantic import BaseModel, ConfigDict, Field

from mdm.entrypoints.api.tracing import correlation_of
from mdm.entrypoints.api.verbs import address
from mdm.errors import (
    InvalidInput,
    MdmError,
    MethodNotAllowed,
    Moved,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)

MEDIA_TYPE = "application/problem+json"
PLACES = ("path", "column")  # details that say where
BODY_ERROR = 422
RETRY_AFTER = {Moved: "1", Unavailable: "5"}
MISSING = re.compile(r"Missing required (\w+) parameter '([^']+)'")

log = structlog.get_logger(__name__)


class Mistake(BaseModel):
    """One thing that is wrong with the request, and where."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(description="The field, parameter or header, with dots and indexes: `attributes.name`.")
    message: str


class Problem(BaseModel):
    """What went wrong, where, and what to do next (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="`/problems/<code>`: stable, and explained by the hub at that path.")
    title: str
    status: int
    detail: str
    hint: str | None = Field(default=None, description="What to do next.")
    instance: str | None = Field(default=None, description="The path of the request.")
    correlation_id: str | None = None
    errors: list[Mistake] = []
    details: dict[str, Any] = {}


def error_classes() -> dict[str, type[MdmError]]:
    """Return every error class of the hub by its code."""
    return {error.code: error for error in _descendants(MdmError)}


def _descendants(error: type[MdmError]) -> Iterator[type[MdmError]]:
    yield error
    for child in error.__subclasses__():
        yield from _descendants(child)


def type_of(code: str) -> str:
    """Return the type URI of an error code, relative to the hub."""
    return f"/problems/{code}"


def title_of(error: type[MdmError]) -> str:
    """Return what an error class says of itself."""
    return (error.__doc__ or "").strip().splitlines()[0]


def problem_of(error: MdmError, *, status: int | None = None) -> Problem:
    """Describe an error; `status` where it differs from that of its class."""
    return describe(error.code, error.message, error.details, hint=error.hint, status=status or error.status)


def describe(
    code: str, message: str, details: Mapping[str, Any], *, hint: str | None = None, status: int | None = None
) -> Problem:
    """Describe an error that may have been kept as code, message and details."""
    known = error_classes().get(code, MdmError)
    places = [str(details[place]) for place in PLACES if place in details]
    return Problem(
        type=type_of(code),
        title=title_of(known),
        status=status or known.status,
        detail=_text(message),
        hint=hint and _text(hint),
        errors=[Mistake(path=_text(place), message=_text(message)) for place in places if place],
        details={name: _plain(value) for name, value in details.items() if name not in PLACES},
    )


def respond(
    request: Request[Any, Any, Any], problem: Problem, *, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """Answer a request with a problem."""
    placed = problem.model_copy(
        update={"instance": _text(address(request.scope["path"])), "correlation_id": correlation_of(request.scope)}
    )
    return Response(
        content=placed.model_dump_json(exclude_none=True).encode(),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


def on_hub_error(request: Request[Any, Any, Any], error: MdmError) -> Response[bytes]:
    """Answer with what the hub found wrong."""
    headers = {"Retry-After": RETRY_AFTER[type(error)]} if type(error) in RETRY_AFTER else {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = error.details.get("challenge", 'Bearer realm="mdm"')
        error.details.pop("challenge", None)
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("request_postponed", correlation_id=correlation_of(request.scope), reason=error.message)
    elif error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _report(request, error)
    return respond(request, problem_of(error), headers=headers)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer with what the framework found wrong, in the hub's words."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_crash(request, error)
    return respond(request, _translated(request, error), headers=error.headers)


def on_crash(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer that something broke, and log what."""
    _report(request, error)
    hint = "Try again; if it happens again, give the correlation id to those who run the hub."
    return respond(request, problem_of(MdmError("The hub failed to answer; the error has been logged.", hint=hint)))


HANDLERS: ExceptionHandlersMap = {MdmError: on_hub_error, HTTPException: on_http_error, Exception: on_crash}


def _report(request: Request[Any, Any, Any], error: Exception) -> None:
    log.error(
        "request_failed",
        correlation_id=correlation_of(request.scope),
        method=request.method,
        path=request.scope.get("path_template", request.scope["path"]),
        exc_info=error,
    )


def _translated(request: Request[Any, Any, Any], error: HTTPException) -> Problem:
    status = error.status_code
    if status == HTTPStatus.NOT_FOUND:
        return problem_of(NotFound("There is no resource at this path.", hint="/openapi.json lists what there is."))
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return problem_of(MethodNotAllowed(f"This resource does not support {request.method}."))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        limit = request.route_handler.resolve_request_max_body_size()
        return problem_of(TooLarge(f"The body is larger than {limit:,} bytes.", hint="Send it in several requests."))
    if status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        return problem_of(UnsupportedMediaType(_text(error.detail)))
    return _invalid(error, _names(request), _choices(request))


def _names(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return what a request calls the parameters of its handler that have another name in Python."""
    fields = request.route_handler.parsed_fn_signature.parameters.values()
    declared = [(f.name, f.kwarg_definition) for f in fields]
    return {name: known.name for name, known in declared if isinstance(known, ParameterKwarg) and known.name}


def _choices(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return what may be sent as a parameter that takes few values."""
    fields = request.route_handler.parsed_fn_signature.parameters.values()
    kinds = [(f.name, kind) for f in fields for kind in (f.annotation, *get_args(f.annotation))]
    found = {name: get_args(kind) for name, kind in kinds if get_origin(kind) is Literal}
    found |= {name: ("true", "false") for name, kind in kinds if kind is bool}
    return {name: f"must be one of {', '.join(map(str, words))}" for name, words in found.items()}


def _invalid(error: HTTPException, names: Mapping[str, str], choices: Mapping[str, str]) -> Problem:
    if missing := MISSING.search(error.detail):
        kind, name = missing.groups()
        return problem_of(InvalidInput(f"The {kind} parameter `{name}` is missing.", path=name))
    found = error.extra if isinstance(error.extra, list) else []
    mistakes = [
        Mistake(
            path=_text(names.get(key := str(e.get("key", "")), key)),
            message=(e.get("source") != "body" and choices.get(key)) or _sentence(str(e["message"])),
        )
        for e in found
    ]
    if not mistakes:
        return problem_of(InvalidInput(_text(error.detail)))
    where = ", ".join(m.path for m in mistakes if m.path)
    summary = InvalidInput(f"The request is not valid{': ' + where if where else ''}.")
    return problem_of(summary).model_copy(update={"errors": mistakes})


def _sentence(message: str) -> str:
    return _text(message.removeprefix("Value error, "))


def _text(text: str) -> str:
    """Return text that every JSON reader can take: no lone surrogates."""
    return text.encode(errors="replace").decode()


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else _text(str(value))
