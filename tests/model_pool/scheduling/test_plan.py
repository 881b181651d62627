"""Admission as a pure decision: what must hold for any set of residents."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.plan import (
    EVICTION_RANK,
    Admit,
    Decision,
    Never,
    Resident,
    Wait,
    plan_admission,
)
from core.settings.models import Priority

BUDGET_MB = 100
PRIORITIES_FROM_HIGH: tuple[Priority, ...] = ("high", "normal", "low")


def plan(need_mb: int, held: Iterable[Resident], budget_mb: int = BUDGET_MB) -> Decision:
    return plan_admission(Amount(need_mb), list(held), Amount(budget_mb))


residents = st.lists(
    st.builds(
        Resident,
        name=st.sampled_from("abcdefghij"),
        reserved_mb=st.integers(0, 60),
        leases=st.sampled_from([0, 0, 0, 1, 2]),
        permanent=st.sampled_from([False, False, False, True]),
        priority=st.sampled_from(["low", "normal", "high"]),
        load_s=st.sampled_from([0.0, 0.5, 1.0, 2.0, 9.0]),
        uses_per_s=st.sampled_from([0.0, 0.001, 0.01, 0.03, 1.0]),
    ),
    unique_by=lambda resident: resident.name,
    max_size=6,
).filter(lambda all_: sum(r.reserved_mb for r in all_) <= BUDGET_MB)
needs_mb = st.integers(0, 130)


def total_mb(which: Iterable[Resident]) -> int:
    return sum(resident.reserved_mb for resident in which)


def cost(which: Iterable[Resident], priority: Priority) -> float:
    return sum(resident.cost for resident in which if resident.priority == priority)


def sufficient_sets(need_mb: int, held: list[Resident]) -> Iterator[list[Resident]]:
    """Everybody's way to make room, tried one by one."""
    evictable = [resident for resident in held if resident.evictable]
    for count in range(len(evictable) + 1):
        for victims in combinations(evictable, count):
            if total_mb(held) - total_mb(victims) + need_mb <= BUDGET_MB:
                yield list(victims)


@given(needs_mb, residents)
def test_admission_keeps_the_budget_and_takes_only_who_may_leave(
    need_mb: int, held: list[Resident]
) -> None:
    decision = plan(need_mb, held, BUDGET_MB)
    if isinstance(decision, Admit):
        by_name = {resident.name: resident for resident in held}
        victims = [by_name[name] for name in decision.victims]
        assert all(not victim.leases and not victim.permanent for victim in victims)
        assert total_mb(held) - total_mb(victims) + need_mb <= BUDGET_MB


@given(needs_mb, residents)
def test_no_victim_could_have_stayed(need_mb: int, held: list[Resident]) -> None:
    decision = plan(need_mb, held, BUDGET_MB)
    if isinstance(decision, Admit):
        for spared in decision.victims:
            staying = [r for r in held if r.name == spared or r.name not in decision.victims]
            assert total_mb(staying) + need_mb > BUDGET_MB


@given(needs_mb, residents)
def test_no_other_set_would_have_been_cheaper(need_mb: int, held: list[Resident]) -> None:
    decision = plan(need_mb, held, BUDGET_MB)
    if isinstance(decision, Admit):
        victims = [resident for resident in held if resident.name in decision.victims]
        for other in sufficient_sets(need_mb, held):
            for priority in PRIORITIES_FROM_HIGH:
                ours, theirs = cost(victims, priority), cost(other, priority)
                if ours != pytest.approx(theirs, rel=1e-9, abs=0):
                    assert ours < theirs
                    break


@given(needs_mb, residents)
def test_a_higher_priority_leaves_only_when_all_lower_ones_do_not_suffice(
    need_mb: int, held: list[Resident]
) -> None:
    decision = plan(need_mb, held, BUDGET_MB)
    if isinstance(decision, Admit) and decision.victims:
        ranks = {resident.name: EVICTION_RANK[resident.priority] for resident in held}
        highest = max(ranks[name] for name in decision.victims)
        lower = [r for r in held if r.evictable and ranks[r.name] < highest]
        assert total_mb(held) - total_mb(lower) + need_mb > BUDGET_MB
        assert list(decision.victims) == sorted(decision.victims, key=lambda name: ranks[name])


@given(needs_mb, residents)
def test_the_alternative_would_have_made_room_too_and_spares_a_victim(
    need_mb: int, held: list[Resident]
) -> None:
    decision = plan(need_mb, held, BUDGET_MB)
    if isinstance(decision, Admit) and decision.alternative:
        sets = [{r.name for r in victims} for victims in sufficient_sets(need_mb, held)]
        assert set(decision.alternative) in sets
        assert not set(decision.victims) <= set(decision.alternative)


@given(st.integers(0, 130), st.lists(st.integers(1, 9), min_size=13, max_size=20))
def test_among_very_many_nobody_leaves_in_vain_either(need_mb: int, sizes_mb: list[int]) -> None:
    held = [Resident(f"m{i:02}", mb, load_s=mb % 4) for i, mb in enumerate(sizes_mb)]
    budget_mb = total_mb(held)
    decision = plan(need_mb, held, budget_mb)
    assert isinstance(decision, Never) == (need_mb > budget_mb)
    if isinstance(decision, Admit):
        left = [resident for resident in held if resident.name in decision.victims]
        assert total_mb(left) >= need_mb
        assert all(total_mb(left) - victim.reserved_mb < need_mb for victim in left)


@given(needs_mb, residents, st.randoms(use_true_random=False))
def test_the_order_of_the_residents_does_not_matter(
    need_mb: int, held: list[Resident], chance: random.Random
) -> None:
    shuffled = list(held)
    chance.shuffle(shuffled)
    assert plan(need_mb, shuffled, BUDGET_MB) == plan(need_mb, held, BUDGET_MB)


@given(needs_mb, residents)
def test_never_and_wait_mean_what_they_say(need_mb: int, held: list[Resident]) -> None:
    decision = plan(need_mb, held, BUDGET_MB)
    best_case_mb = total_mb([r for r in held if r.permanent]) + need_mb
    held_now_mb = total_mb([r for r in held if not r.evictable]) + need_mb
    assert isinstance(decision, Never) == (best_case_mb > BUDGET_MB)
    if best_case_mb <= BUDGET_MB:
        assert isinstance(decision, Wait) == (held_now_mb > BUDGET_MB)


def test_low_leaves_before_normal_before_high_however_dear() -> None:
    held = [
        Resident("high_unused", 20, priority="high"),
        Resident("normal_dear", 20, load_s=9, uses_per_s=1),
        Resident("normal_cheap", 20, load_s=1, uses_per_s=1),
        Resident("low_dear", 20, priority="low", load_s=90, uses_per_s=1),
    ]
    decision = plan(80, held, BUDGET_MB)
    assert decision == Admit(
        ("low_dear", "normal_cheap", "normal_dear"), ("low_dear", "normal_cheap", "high_unused")
    )


def test_a_small_victim_stays_when_another_suffices_alone() -> None:
    held = [Resident("small", 10), Resident("big", 60, load_s=9, uses_per_s=1)]
    assert plan(80, held, BUDGET_MB) == Admit(("big",))


def test_two_that_are_seldom_used_leave_before_one_that_is_used_often() -> None:
    held = [
        Resident("often", 60, load_s=5, uses_per_s=0.1),
        Resident("seldom", 30, load_s=5, uses_per_s=0.01),
        Resident("slow", 10, load_s=20, uses_per_s=0.005),
    ]
    assert plan(40, held, BUDGET_MB) == Admit(("seldom", "slow"), ("often",))


def test_of_equally_dear_sets_the_smaller_leaves_and_then_the_first_by_name() -> None:
    held = [
        Resident("half", 20, load_s=2, uses_per_s=1),
        Resident("other_half", 20, load_s=2, uses_per_s=1),
        Resident("whole", 40, load_s=4, uses_per_s=1),
        Resident("again", 20, load_s=4, uses_per_s=1, leases=1),
    ]
    assert plan(40, held, BUDGET_MB) == Admit(("whole",), ("half", "other_half"))
    assert plan(20, held, BUDGET_MB) == Admit(("half",), ("other_half",))


def test_the_reasons_name_the_holders_and_the_arithmetic() -> None:
    held = [Resident("pin", 50, permanent=True), Resident("busy", 30, leases=1)]
    waiting = plan(40, held, BUDGET_MB)
    never = plan(60, held, BUDGET_MB)
    assert isinstance(waiting, Wait)
    assert "busy 30 MiB in use, pin 50 MiB permanent" in waiting.reason
    assert "20 of the models' 100 MiB" in waiting.reason
    assert isinstance(never, Never)
    assert "needs 60 MiB and only 50 of the models' 100 MiB" in never.reason
    assert "pin 50 MiB permanent" in never.reason
