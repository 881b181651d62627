"""Any history of callers, loads, crashes and time keeps what the scheduler promises.

`world.World` checks after every step: both budgets, pins and leases, no lost wake-up, no wait
without a reason, no starvation; and at the end that every request has ended. Every run in
`make test` takes more than 10,000 steps; HISTORIES=20000 took the million of
docs/measurements.md.
"""

from __future__ import annotations

import os
from typing import ClassVar

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.records import Load
from tests.model_pool.scheduling.world import (
    BUDGET_MB,
    DEVICE_BUDGET_MB,
    HUGE,
    NEEDS,
    World,
    refused,
)

HISTORIES = int(os.environ.get("HISTORIES", "250"))
STEPS = 50
names = st.sampled_from(list(NEEDS))
index = st.integers(0, 7)


class SchedulerMachine(RuleBasedStateMachine):
    """Many callers with all kinds of patience; engines that open, fail, close and die."""

    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.guesses: list[Load] = []

    @rule(name=names, patience_s=st.sampled_from([0.0, 5.0, 30.0, 1e6]), may_evict=st.booleans())
    def ask(self, name: str, patience_s: float, may_evict: bool) -> None:
        ticket = self.world.ask(name, patience_s=patience_s, may_evict=may_evict)
        beside_pin = NEEDS[name] + NEEDS["pin"]
        perhaps = beside_pin.beyond(Amount(BUDGET_MB, DEVICE_BUDGET_MB))
        assert (name in HUGE) == refused(ticket) or perhaps
        self.count()

    @precondition(lambda self: self.world.held)
    @rule(index=index)
    def release(self, index: int) -> None:
        self.world.release(index)
        self.count()

    @precondition(lambda self: self.world.waiting)
    @rule(index=index)
    def give_up(self, index: int) -> None:
        self.world.give_up(index)
        self.count()

    @precondition(lambda self: self.world.begun)
    @rule(index=index)
    def victims_gone(self, index: int) -> None:
        self.world.victims_gone(index)
        self.count()

    @precondition(lambda self: self.world.begun)
    @rule(index=index)
    def memory_taken(self, index: int) -> None:
        self.world.memory_taken(index)
        self.count()

    @precondition(lambda self: self.world.opening)
    @rule(index=index)
    def opened(self, index: int) -> None:
        self.world.opened(index)
        self.count()

    @precondition(lambda self: self.world.opening)
    @rule(index=index, crash=st.booleans())
    def load_fails(self, index: int, crash: bool) -> None:
        self.world.load_fails(index, crash=crash)
        self.count()

    @precondition(lambda self: self.world.closing)
    @rule(index=index)
    def engine_closed(self, index: int) -> None:
        self.world.engine_closed(index)
        self.count()

    @rule(index=index)
    def dies(self, index: int) -> None:
        self.world.dies(index)
        self.count()

    @rule(name=names, likelihood=st.sampled_from([0.01, 0.5, 1.0]))
    def prefetch(self, name: str, likelihood: float) -> None:
        load = self.world.prefetch(name, likelihood)
        if load is not None:
            assert name not in HUGE
            self.guesses.append(load)
        self.count()

    @precondition(lambda self: self.guesses)
    @rule()
    def call_off(self) -> None:
        load = self.guesses.pop()
        wanted = list(load.tickets)
        self.world.scheduler.call_off(load, self.world.now_s)
        assert wanted == load.tickets
        self.world.settle()
        self.count()

    @rule(name=names, ttl_s=st.sampled_from([0.0, 5.0, 30.0]))
    def schedule_unload(self, name: str, ttl_s: float) -> None:
        self.world.scheduler.schedule_unload(name, ttl_s)
        self.count()

    @rule(name=names)
    def unload(self, name: str) -> None:
        self.world.unload(name)
        self.count()

    @rule(
        limit_mb=st.sampled_from([60, 80, BUDGET_MB]),
        device_mb=st.sampled_from([0, 35, 50, DEVICE_BUDGET_MB]),
    )
    def limit(self, limit_mb: int, device_mb: int) -> None:
        self.world.limit(Amount(limit_mb, device_mb))
        self.count()

    @rule(seconds=st.sampled_from([0.1, 3.0, 11.0, 61.0]), pressed=st.booleans())
    def wait(self, seconds: float, pressed: bool) -> None:
        self.world.pressed = pressed
        self.world.advance(seconds)
        self.count()

    @rule(company=st.permutations(["pin", "a", "b", "c", "d", "g"]), rounds=st.integers(1, 9))
    def crowd(self, company: list[str], rounds: int) -> None:
        """All but one keep what they can load in use by turns, while somebody waits for that."""
        *crowding, wanted = company
        for name in crowding:
            self.world.ask(name)
            self.world.carry_out()
        self.world.ask(wanted, patience_s=1e6)
        for _ in range(rounds):
            earlier = len(self.world.held)
            for name in list(self.world.scheduler.table.loaded):
                self.world.ask(name)
            for _ in range(earlier):
                self.world.release()
            self.world.advance(3.0)
        self.count()

    def count(self) -> None:
        SchedulerMachine.steps += 1

    def teardown(self) -> None:
        self.world.finish()


def test_any_history_keeps_what_is_promised() -> None:
    settings = hypothesis_settings(
        max_examples=HISTORIES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    SchedulerMachine.steps = 0
    run_state_machine_as_test(SchedulerMachine, settings=settings)
    print(f"{SchedulerMachine.steps} steps")  # for the record, with -s
    assert SchedulerMachine.steps >= 40 * HISTORIES
