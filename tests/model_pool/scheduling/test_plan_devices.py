"""Admission where models take a GPU's memory as well: one set of victims for both kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from core.model_pool.memory.amount import KINDS, Amount, total
from core.model_pool.scheduling.plan import (
    ENUMERATED,
    Admit,
    Never,
    Resident,
    Wait,
    plan_admission,
)

LIMIT = Amount(100, 60)

resident = st.builds(
    Resident,
    name=st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=2),
    reserved_mb=st.integers(0, 40),
    device_mb=st.sampled_from([0, 0, 5, 15, 30]),
    leases=st.sampled_from([0, 0, 0, 1]),
    permanent=st.sampled_from([False, False, False, True]),
    priority=st.just("normal"),
    load_s=st.sampled_from([0.5, 1.0, 2.0, 9.0]),
    uses_per_s=st.sampled_from([0.001, 0.01, 0.03, 1.0]),
)
few = st.lists(resident, unique_by=lambda each: each.name, max_size=6)
many = st.lists(resident, unique_by=lambda each: each.name, min_size=ENUMERATED + 1, max_size=16)
needs = st.builds(Amount, st.integers(0, 110), st.sampled_from([0, 0, 1, 20, 45, 61]))


def held(which: Iterable[Resident]) -> Amount:
    return total(each.reserved for each in which)


def fits(need: Amount, staying: Iterable[Resident]) -> bool:
    """Whether there is room of every kind that is needed, kind by kind."""
    taken = held(staying)
    return all(not need.of(k) or taken.of(k) + need.of(k) <= LIMIT.of(k) for k in KINDS)


def sufficient_sets(need: Amount, residents: list[Resident]) -> Iterator[list[Resident]]:
    """Every way to make room, tried one by one."""
    evictable = [each for each in residents if each.evictable]
    for count in range(len(evictable) + 1):
        for victims in combinations(evictable, count):
            if fits(need, [each for each in residents if each not in victims]):
                yield list(victims)


@given(needs, few)
def test_the_cheapest_set_that_frees_both_leaves(need: Amount, residents: list[Resident]) -> None:
    decision = plan_admission(need, residents, LIMIT)
    sets = list(sufficient_sets(need, residents))
    if not isinstance(decision, Admit):
        assert not sets
        return
    victims = [each for each in residents if each.name in decision.victims]
    assert victims in sets
    costs = [sum(each.cost for each in others) for others in sets]
    assert sum(each.cost for each in victims) == min(costs)


@given(needs, st.one_of(few, many))
def test_who_leaves_suffices_and_nobody_leaves_in_vain(
    need: Amount, residents: list[Resident]
) -> None:
    decision = plan_admission(need, residents, LIMIT)
    if isinstance(decision, Admit):
        staying = [each for each in residents if each.name not in decision.victims]
        assert fits(need, staying)
        for victim in (each for each in residents if each.name in decision.victims):
            assert victim.evictable
            assert not fits(need, [*staying, victim])


@given(needs, st.one_of(few, many))
def test_a_refusal_names_a_kind_that_lacks(need: Amount, residents: list[Resident]) -> None:
    decision = plan_admission(need, residents, LIMIT)
    pinned = held(each for each in residents if each.permanent)
    staying = held(each for each in residents if not each.evictable)
    assert isinstance(decision, Never) == bool(need.beyond(LIMIT - pinned))
    if isinstance(decision, Never | Wait):
        in_the_way = pinned if isinstance(decision, Never) else staying
        assert need.beyond(LIMIT - in_the_way).of(decision.kind)
        assert ("GPU memory" in decision.reason) == (decision.kind == "device")
        assert f"needs {need.of(decision.kind)} MiB" in decision.reason


@given(st.integers(0, 110), st.one_of(few, many))
def test_without_a_gpu_the_others_shares_of_it_change_nothing(
    need_mb: int, residents: list[Resident]
) -> None:
    without = [replace(each, device_mb=0) for each in residents]
    for limit in (LIMIT, Amount(LIMIT.system_mb, 0)):
        decision = plan_admission(Amount(need_mb), residents, limit)
        assert decision == plan_admission(Amount(need_mb), without, Amount(LIMIT.system_mb))
