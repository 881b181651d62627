"""Pressure begins early, ends late, and does not waver in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model_pool.memory.pressure import PressureGauge
from tests.model_pool.memory.machines import ToldMachine
from tests.virtual_clock import VirtualClock


@pytest.fixture
def machine() -> ToldMachine:
    return ToldMachine(total=10_000, available=5_000)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def gauge(machine: ToldMachine, clock: VirtualClock) -> PressureGauge:
    return PressureGauge(machine, clock)


def test_little_available_is_pressure_at_once(gauge: PressureGauge, machine: ToldMachine) -> None:
    assert not gauge.refresh()
    machine.available = 499
    assert not gauge.under_pressure()  # nobody has looked yet
    assert gauge.refresh()
    assert gauge.under_pressure()


def test_waiting_for_memory_is_pressure_however_much_is_available(
    gauge: PressureGauge, machine: ToldMachine
) -> None:
    machine.stalled = 10.5
    assert gauge.refresh()


def test_it_ends_when_calm_has_lasted(
    gauge: PressureGauge, machine: ToldMachine, clock: VirtualClock
) -> None:
    machine.available = 400
    gauge.refresh()
    machine.available = 900  # between the thresholds
    clock.advance(100)
    assert gauge.refresh()
    machine.available = 1100
    assert gauge.refresh()
    clock.advance(29)
    assert gauge.refresh()
    clock.advance(1)
    assert not gauge.refresh()


def test_calm_that_is_broken_begins_anew(
    gauge: PressureGauge, machine: ToldMachine, clock: VirtualClock
) -> None:
    machine.stalled = 50.0
    gauge.refresh()
    machine.stalled = 0.0
    gauge.refresh()
    clock.advance(20)
    machine.stalled = 5.0  # not calm, though no reason to begin
    assert gauge.refresh()
    machine.stalled = 0.0
    gauge.refresh()
    clock.advance(20)
    assert gauge.refresh()
    clock.advance(10)
    assert not gauge.refresh()


def test_a_system_that_says_nothing_is_never_under_pressure(clock: VirtualClock) -> None:
    silent = ToldMachine(total=None, available=None, stalled=None)
    assert not PressureGauge(silent, clock).refresh()


@given(available=st.lists(st.integers(501, 1000), min_size=1))
def test_between_the_thresholds_nothing_changes(available: list[int]) -> None:
    for start_mb, expected in ((400, True), (5000, False)):
        machine, clock = ToldMachine(total=10_000, available=start_mb), VirtualClock()
        gauge = PressureGauge(machine, clock)
        gauge.refresh()
        for machine.available in available:
            clock.advance(31)
            assert gauge.refresh() is expected
