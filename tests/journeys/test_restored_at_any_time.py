"""Whatever happened before and after a backup: once restored and repaired, every subscriber has the hub's state."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from mdm import bootstrap
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest
from tests.support.restored_machine import RestoredMachine
from tests.support.servers import ForgetfulPostgres
from tests.support.stewards_machine import MovedClock

STEPS = 50


def run(server: ForgetfulPostgres, template: str, *, examples: int) -> None:
    @contextmanager
    def opened(clock: MovedClock, copy_of: str | None) -> Iterator[HubUnderTest]:
        dsn = server.create(template=copy_of.rpartition("/")[2] if copy_of else template)
        with bootstrap.open_hub(Settings(), dsn, clock=clock) as hub:
            yield HubUnderTest(hub, dsn)
        server.drop(dsn)

    run_state_machine_as_test(
        lambda: RestoredMachine(opened, server),
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes longer than reading
        ),
    )


def test_subscribers_end_with_the_restored_state(postgres_server: ForgetfulPostgres, prepared_template: str) -> None:
    run(postgres_server, prepared_template, examples=1)


@pytest.mark.chaos
def test_subscribers_end_with_the_restored_state_after_5_000_steps(
    postgres_server: ForgetfulPostgres, prepared_template: str
) -> None:
    run(postgres_server, prepared_template, examples=5_000 // STEPS)
