"""Whatever has happened, each version of each master is explained from what was known then."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from mdm import bootstrap
from mdm.settings import Settings
from tests.support.explained_machine import ExplainedMachine
from tests.support.hubs import HubUnderTest
from tests.support.servers import ForgetfulPostgres
from tests.support.stewards_machine import MovedClock


def run(server: ForgetfulPostgres, template: str, *, examples: int, steps: int) -> None:
    @contextmanager
    def opened(clock: MovedClock) -> Iterator[HubUnderTest]:
        dsn = server.create(template=template)
        with bootstrap.open_hub(Settings(), dsn, clock=clock) as hub:
            yield HubUnderTest(hub, dsn)
        server.drop(dsn)

    run_state_machine_as_test(
        lambda: ExplainedMachine(opened),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],  # a history shrinks very slowly
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def test_every_version_of_a_short_history_is_explained(
    postgres_server: ForgetfulPostgres, prepared_template: str
) -> None:
    run(postgres_server, prepared_template, examples=1, steps=25)


@pytest.mark.chaos
def test_every_version_of_long_histories_is_explained(
    postgres_server: ForgetfulPostgres, prepared_template: str
) -> None:
    run(postgres_server, prepared_template, examples=20, steps=60)
