"""Any sequence of calls keeps the pool's promises, checked against a plain model of it."""

from __future__ import annotations

from contextlib import ExitStack

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.errors import ModelResting, ModelTooLarge, PoolBusy
from core.model_pool.memory.amount import Amount
from tests.model_pool.fakes import Bench, FakeEngine

NEEDS_MB = {"pin": 30, "a": 20, "b": 30, "c": 50, "huge": 90}
DEVICE_NEEDS_MB = {"a": 20, "b": 10, "c": 50}
DEVICE_BUDGET_MB = 60
KEYS: dict[str, dict[str, object]] = {
    "pin": {"permanent": True},
    "a": {"ttl_seconds": 10},
    "b": {"priority": "high"},
}
names = st.sampled_from(list(NEEDS_MB))
leasable = st.sampled_from(["pin", "a", "b", "c"])


class PoolMachine(RuleBasedStateMachine):
    """One caller who never waits; engines may die at any moment.

    The permanent one does not: it would come back on a thread of its own, at any moment.
    """

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench(
            NEEDS_MB,
            KEYS,
            device_needs_mb=DEVICE_NEEDS_MB,
            device_budget_mb=DEVICE_BUDGET_MB,
            admission_timeout_s=0,
        )
        self.held: list[tuple[ExitStack, FakeEngine]] = []
        self.crashed: set[str] = set()

    @rule(name=names)
    def lease(self, name: str) -> None:
        before = self.bench.loaded()
        stack = ExitStack()
        try:
            engine = stack.enter_context(self.bench.pool.lease(name))
        except ModelTooLarge:
            assert name == "huge" and "pin" in before
            assert self.bench.loaded() == before
        except PoolBusy:
            assert self.held
            assert self.bench.loaded() == before - {name}
        except ModelResting as error:
            assert error.model in self.crashed
        else:
            assert isinstance(engine, FakeEngine)
            assert engine.alive()
            self.held.append((stack, engine))

    @rule(index=st.integers(0, 5))
    def release(self, index: int) -> None:
        if self.held:
            stack, _ = self.held.pop(index % len(self.held))
            stack.close()

    @rule(seconds=st.sampled_from([1.0, 9.0, 11.0]))
    def wait(self, seconds: float) -> None:
        self.bench.clock.advance(seconds)

    @rule(name=st.sampled_from(["a", "b", "c"]), ttl=st.sampled_from([0.0, 5.0, 30.0]))
    def schedule(self, name: str, ttl: float) -> None:
        self.bench.pool.schedule_unload(name, ttl)

    @rule(name=names)
    def unload(self, name: str) -> None:
        try:
            self.bench.pool.unload(name)
        except PoolBusy:
            assert any(engine.model == name for _, engine in self.held)

    @rule(index=st.integers(0, 5))
    def crash(self, index: int) -> None:
        if self.bench.engines.opened:
            opened = self.bench.engines.opened
            engine = opened[-1 - index % len(opened)]
            engine.crashed = engine.model != "pin"
            self.crashed.add(engine.model)

    @invariant()
    def the_budget_holds(self) -> None:
        status = self.bench.pool.status()
        assert status.reserved_mb == sum(model.reserved_mb for model in status.models) <= 100
        device_mb = sum(model.device_mb for model in status.models)
        assert status.device_reserved_mb == device_mb <= DEVICE_BUDGET_MB
        assert not self.bench.engines.peak.beyond(Amount(100, DEVICE_BUDGET_MB))

    @invariant()
    def nobody_loses_a_leased_engine(self) -> None:
        assert all(engine.alive() or engine.crashed for _, engine in self.held)

    @invariant()
    def every_open_engine_is_known(self) -> None:
        open_names = [e.model for e in self.bench.engines.opened if not e.closed]
        assert sorted(open_names) == sorted(self.bench.loaded())

    def teardown(self) -> None:
        for stack, _ in self.held:
            stack.close()
        self.bench.end()


TestPoolMachine = PoolMachine.TestCase
TestPoolMachine.settings = hypothesis_settings(
    max_examples=60, stateful_step_count=25, deadline=None
)
