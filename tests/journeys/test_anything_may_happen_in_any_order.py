"""Deliveries, decisions, days and rules in any order: every invariant holds after each of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from mdm import bootstrap
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import RulesMachine
from tests.support.servers import ForgetfulPostgres
from tests.support.stewards_machine import MovedClock

STEPS = 75


def run(server: ForgetfulPostgres, template: str, *, examples: int) -> None:
    @contextmanager
    def opened(clock: MovedClock) -> Iterator[HubUnderTest]:
        dsn = server.create(template=template)
        with bootstrap.open_hub(Settings(), dsn, clock=clock) as hub:
            yield HubUnderTest(hub, dsn)
        server.drop(dsn)

    run_state_machine_as_test(
        lambda: RulesMachine(opened),
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def test_every_invariant_holds_after_each_of_150_steps(
    postgres_server: ForgetfulPostgres, prepared_template: str
) -> None:
    run(postgres_server, prepared_template, examples=150 // STEPS)


@pytest.mark.chaos
def test_every_invariant_holds_after_each_of_10_000_steps(
    postgres_server: ForgetfulPostgres, prepared_template: str
) -> None:
    run(postgres_server, prepared_template, examples=10_000 // STEPS + 1)
