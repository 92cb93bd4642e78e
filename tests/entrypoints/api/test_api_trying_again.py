"""Operations are tried again while the ground moves, each time in a Work of its own."""

import pytest

from mdm.entrypoints.api.resources.stewardship.carrying_out import TRIES, settled
from mdm.errors import Moved
from mdm.store.work import Work
from tests.support.hubs import HubUnderTest


class Unsteady:
    """An operation under which the ground moves some times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.works: list[Work] = []

    def __call__(self, work: Work) -> str:
        self.works.append(work)
        if len(self.works) <= self.times:
            raise Moved
        return "done"


def test_operation_is_tried_again_in_another_work(hub: HubUnderTest) -> None:
    operation = Unsteady(TRIES - 1)
    assert settled(hub.hub.begin, operation) == "done"
    assert len({id(work) for work in operation.works}) == TRIES


def test_ground_that_goes_on_moving_is_reported(hub: HubUnderTest) -> None:
    operation = Unsteady(TRIES)
    with pytest.raises(Moved):
        settled(hub.hub.begin, operation)
    assert len(operation.works) == TRIES
