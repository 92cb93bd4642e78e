"""`/v1/tasks`: how much work awaits stewards."""

from litestar import Controller, get
from pydantic import BaseModel, ConfigDict

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.hub.standing import open_tasks


class OpenTasks(BaseModel):
    """Open tasks of one kind in one domain."""

    model_config = ConfigDict(extra="forbid")

    domain: str
    kind: str
    open: int


class Tasks(Controller):
    """Work for stewards."""

    path = "/v1/tasks"
    tags = ("Tasks",)

    @get(sync_to_thread=True, opt=allow(Permission.READ), summary="Count the open tasks")
    def count(self, request: ApiRequest) -> list[OpenTasks]:
        """Return the number of open tasks per domain and kind."""
        with begin_of(request)() as work:
            counted = open_tasks(work)
        return [OpenTasks(domain=domain, kind=kind, open=n) for (domain, kind), n in sorted(counted.items())]
