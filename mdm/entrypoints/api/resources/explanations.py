"""`/problems`: what the types of problem documents mean."""

from litestar import Controller, get
from litestar.params import FromPath
from pydantic import BaseModel, ConfigDict

from mdm.entrypoints.api.authentication import ANYONE, allow
from mdm.entrypoints.api.problems import error_classes, title_of, type_of
from mdm.errors import MdmError, NotFound


class Explanation(BaseModel):
    """One kind of problem."""

    model_config = ConfigDict(extra="forbid")

    type: str
    code: str
    title: str
    status: int
    kind_of: str | None = None


class Explanations(Controller):
    """The kinds of problems there are."""

    path = "/problems"
    tags = ("Problems",)
    opt = allow(*ANYONE, browser=True)

    @get(sync_to_thread=False, summary="List the kinds of problems")
    def list_all(self) -> list[Explanation]:
        """Return every kind of problem the hub may answer with."""
        return [_explained(error) for _, error in sorted(error_classes().items())]

    @get("/{code:str}", sync_to_thread=False, summary="Explain a kind of problem")
    def read(self, code: FromPath[str]) -> Explanation:
        """Return what a problem type means."""
        error = error_classes().get(code)
        if error is None:
            raise NotFound(f"There is no kind of problem {code[:80]}.", hint="/problems lists them.")
        return _explained(error)


def _explained(error: type[MdmError]) -> Explanation:
    parent = error.__base__
    return Explanation(
        type=type_of(error.code),
        code=error.code,
        title=title_of(error),
        status=error.status,
        kind_of=type_of(parent.code) if parent is not None and issubclass(parent, MdmError) else None,
    )
