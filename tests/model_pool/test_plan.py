"""Admission as a pure decision: what must hold for any set of residents."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from core.model_pool.plan import Admit, Never, Resident, Wait, plan_admission

BUDGET_MB = 100

residents = st.lists(
    st.builds(
        Resident,
        name=st.sampled_from("abcdefghij"),
        reserved_mb=st.integers(0, 60),
        leases=st.sampled_from([0, 0, 0, 1, 2]),
        permanent=st.sampled_from([False, False, False, True]),
        priority=st.sampled_from(["low", "normal", "high"]),
        last_used_s=st.integers(0, 5).map(float),
    ),
    unique_by=lambda resident: resident.name,
    max_size=6,
).filter(lambda all_: sum(r.reserved_mb for r in all_) <= BUDGET_MB)
needs_mb = st.integers(0, 130)


def total_mb(which: list[Resident]) -> int:
    return sum(resident.reserved_mb for resident in which)


@given(needs_mb, residents)
def test_admission_keeps_the_budget_and_takes_only_who_may_leave(
    need_mb: int, held: list[Resident]
) -> None:
    decision = plan_admission(need_mb, held, BUDGET_MB)
    if isinstance(decision, Admit):
        by_name = {resident.name: resident for resident in held}
        victims = [by_name[name] for name in decision.victims]
        assert all(not victim.leases and not victim.permanent for victim in victims)
        assert total_mb(held) - total_mb(victims) + need_mb <= BUDGET_MB


@given(needs_mb, residents)
def test_no_victim_could_have_stayed(need_mb: int, held: list[Resident]) -> None:
    decision = plan_admission(need_mb, held, BUDGET_MB)
    if isinstance(decision, Admit):
        for spared in decision.victims:
            staying = [r for r in held if r.name == spared or r.name not in decision.victims]
            assert total_mb(staying) + need_mb > BUDGET_MB


@given(needs_mb, residents)
def test_victims_come_from_the_front_of_the_order_of_leaving(
    need_mb: int, held: list[Resident]
) -> None:
    decision = plan_admission(need_mb, held, BUDGET_MB)
    if isinstance(decision, Admit) and decision.victims:
        order = sorted(
            (r for r in held if r.evictable),
            key=lambda r: (["low", "normal", "high"].index(r.priority), r.last_used_s, r.name),
        )
        names = [resident.name for resident in order]
        assert list(decision.victims) == sorted(decision.victims, key=names.index)
        before_last = order[: names.index(decision.victims[-1])]
        assert total_mb(held) - total_mb(before_last) + need_mb > BUDGET_MB


@given(needs_mb, residents, st.randoms(use_true_random=False))
def test_the_order_of_the_residents_does_not_matter(
    need_mb: int, held: list[Resident], chance: random.Random
) -> None:
    shuffled = list(held)
    chance.shuffle(shuffled)
    assert plan_admission(need_mb, shuffled, BUDGET_MB) == plan_admission(need_mb, held, BUDGET_MB)


@given(needs_mb, residents)
def test_never_and_wait_mean_what_they_say(need_mb: int, held: list[Resident]) -> None:
    decision = plan_admission(need_mb, held, BUDGET_MB)
    best_case_mb = total_mb([r for r in held if r.permanent]) + need_mb
    held_now_mb = total_mb([r for r in held if not r.evictable]) + need_mb
    assert isinstance(decision, Never) == (best_case_mb > BUDGET_MB)
    if best_case_mb <= BUDGET_MB:
        assert isinstance(decision, Wait) == (held_now_mb > BUDGET_MB)


def test_low_leaves_before_normal_before_high_and_the_stalest_first() -> None:
    held = [
        Resident("high_old", 20, priority="high", last_used_s=1),
        Resident("normal_new", 20, last_used_s=9),
        Resident("normal_old", 20, last_used_s=2),
        Resident("low_new", 20, priority="low", last_used_s=10),
    ]
    assert plan_admission(80, held, BUDGET_MB) == Admit(("low_new", "normal_old", "normal_new"))


def test_a_small_victim_stays_when_the_next_one_suffices_alone() -> None:
    held = [Resident("small", 10, last_used_s=1), Resident("big", 60, last_used_s=2)]
    assert plan_admission(80, held, BUDGET_MB) == Admit(("big",))


def test_the_reasons_name_the_holders_and_the_arithmetic() -> None:
    held = [Resident("pin", 50, permanent=True), Resident("busy", 30, leases=1)]
    waiting = plan_admission(40, held, BUDGET_MB)
    never = plan_admission(60, held, BUDGET_MB)
    assert isinstance(waiting, Wait)
    assert "busy 30 MiB in use, pin 50 MiB permanent" in waiting.reason
    assert "20 of the models' 100 MiB" in waiting.reason
    assert isinstance(never, Never)
    assert "needs 60 MiB and only 50 of the models' 100 MiB" in never.reason
    assert "pin 50 MiB permanent" in never.reason
