"""The arithmetic of what may be reserved, and its words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model_pool.memory.amount import Amount
from core.model_pool.memory.budget import (
    MARGIN_MB,
    OLLAMA,
    Allowance,
    Holding,
    MemoryView,
    allowance,
    ceiling,
    counted_once,
    plan_within,
)
from core.model_pool.scheduling.plan import Admit, Never, Resident, Wait

BUDGET_MB = 14_336
SOLAR = Holding(OLLAMA, "ollama:solar:10.7b", 5200)
VISION = Holding("SARAi (process 7)", "qwen3_vl_4b", 4560)

sizes = st.integers(0, 20_000)
holdings = st.builds(
    Holding,
    holder=st.sampled_from([OLLAMA, "SARAi (process 7)", "SARAi (process 8)"]),
    model=st.sampled_from(["ollama:solar", "ollama:qwen", "vision", "tiny"]),
    reserved_mb=sizes,
)
views = st.builds(
    MemoryView,
    total_mb=st.none() | sizes,
    available_mb=st.none() | sizes,
    own_private_mb=sizes,
    unseen_mb=sizes,
    others=st.lists(holdings, max_size=4).map(tuple),
)


def test_alone_the_whole_budget_is_ours() -> None:
    assert allowance(MemoryView(), BUDGET_MB) == Allowance(BUDGET_MB, "")


def test_what_others_hold_is_taken_off_and_named() -> None:
    found = allowance(MemoryView(others=(SOLAR, VISION)), BUDGET_MB)
    assert found.limit_mb == BUDGET_MB - 5200 - 4560
    assert found.reason == (
        "of the models' budget of 14336 MiB others hold 9760 "
        "(SARAi (process 7): qwen3_vl_4b 4560 MiB, Ollama: solar:10.7b 5200 MiB)"
    )


def test_a_small_machine_is_the_limit_and_says_so() -> None:
    view = MemoryView(available_mb=3000, own_private_mb=700, unseen_mb=244)
    found = allowance(view, BUDGET_MB)
    assert found.limit_mb == 3000 + 700 - 244 - MARGIN_MB
    assert found.reason == (
        "3000 MiB are available on this machine and 700 more if our own models left, less 244 "
        "that other SARAi processes will take, less 256 that stay free: 3200 for models"
    )


def test_loading_what_was_admitted_changes_no_limit() -> None:
    """2000 MiB are reserved; as they fill, what is available goes over to what is ours."""
    before = MemoryView(available_mb=6000)
    half = MemoryView(available_mb=5000, own_private_mb=1000)
    whole = MemoryView(available_mb=4000, own_private_mb=2000)
    limits = {allowance(view, BUDGET_MB).limit_mb for view in (before, half, whole)}
    assert limits == {6000 - MARGIN_MB}


def test_another_process_that_loads_what_it_reserved_changes_no_limit() -> None:
    reserved = MemoryView(available_mb=6000, unseen_mb=2000)
    resident = MemoryView(available_mb=4000, unseen_mb=0)
    assert allowance(reserved, BUDGET_MB).limit_mb == allowance(resident, BUDGET_MB).limit_mb


def test_a_model_that_ollama_holds_for_us_is_not_others() -> None:
    view = MemoryView(available_mb=9000, others=(SOLAR,))
    assert allowance(view, BUDGET_MB, {SOLAR.model}).limit_mb == 9000 + 5200 - MARGIN_MB
    assert allowance(MemoryView(others=(SOLAR,)), BUDGET_MB, {SOLAR.model}).limit_mb == BUDGET_MB


def test_a_model_that_ollama_holds_for_two_is_counted_once_at_its_largest() -> None:
    promised = replace(SOLAR, holder="SARAi (process 7)", reserved_mb=7200)
    assert counted_once([SOLAR, promised, VISION]) == (VISION, promised)
    assert counted_once([SOLAR, promised], {SOLAR.model}) == ()
    assert counted_once([VISION, VISION], {VISION.model}) == (VISION, VISION)


@pytest.mark.parametrize(
    ("total_mb", "limit_mb"),
    [(None, 14_336), (32_000, 14_336), (16_384, 14_336), (16_000, 14_000), (2048, 1792)],
)
def test_the_ceiling_leaves_the_system_its_share(total_mb: int | None, limit_mb: int) -> None:
    found = ceiling(total_mb, budget_mb=BUDGET_MB, system_reserve_mb=2048)
    assert found.limit_mb == limit_mb
    assert (f"gives SARAi {total_mb} MiB" in found.reason) == (limit_mb < BUDGET_MB)


@given(view=views, budget_mb=sizes, more_mb=sizes)
def test_no_allowance_passes_a_bound_and_more_held_by_others_never_raises_it(
    view: MemoryView, budget_mb: int, more_mb: int
) -> None:
    found = allowance(view, budget_mb)
    others_mb = sum(holding.reserved_mb for holding in counted_once(view.others))
    assert 0 <= found.limit_mb <= max(0, budget_mb - others_mb)
    if view.available_mb is not None:
        assert found.limit_mb <= max(0, view.available_mb + view.own_private_mb - MARGIN_MB)
    crowded = replace(view, others=(*view.others, Holding("x", "y", more_mb)))
    assert allowance(crowded, budget_mb).limit_mb <= found.limit_mb
    tighter = replace(view, unseen_mb=view.unseen_mb + more_mb)
    assert allowance(tighter, budget_mb).limit_mb <= found.limit_mb


@given(
    need_mb=st.integers(1, 200),
    now_mb=st.integers(0, 200),
    at_most_mb=st.integers(0, 200),
    held_mb=st.lists(st.integers(1, 100), max_size=4),
    leased=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_never_depends_on_the_ceiling_alone_and_what_is_admitted_fits_now(
    need_mb: int, now_mb: int, at_most_mb: int, held_mb: list[int], leased: list[bool]
) -> None:
    residents = [
        Resident(str(number), mb, leases=int(leased[number])) for number, mb in enumerate(held_mb)
    ]
    now, at_most = Allowance(now_mb, "now"), Allowance(at_most_mb, "ever")
    decision = plan_within(Amount(need_mb), residents, now, at_most)
    assert isinstance(decision, Never) == (need_mb > at_most_mb)
    if isinstance(decision, Admit):
        stay_mb = sum(each.reserved_mb for each in residents if each.name not in decision.victims)
        assert stay_mb + need_mb <= min(now_mb, at_most_mb)
    elif isinstance(decision, Wait):
        pinned_mb = sum(each.reserved_mb for each in residents if each.leases)
        assert pinned_mb + need_mb > min(now_mb, at_most_mb)


def test_what_others_hold_is_waited_for_with_the_arithmetic() -> None:
    now = allowance(MemoryView(others=(SOLAR, VISION)), BUDGET_MB)
    decision = plan_within(Amount(5000), [], now, Allowance(BUDGET_MB, ""))
    assert isinstance(decision, Wait)
    assert decision.reason.startswith("needs 5000 MiB: of the models' budget of 14336 MiB others")


def test_what_our_own_models_hold_is_waited_for_and_others_are_named_too() -> None:
    now = allowance(MemoryView(others=(SOLAR,)), BUDGET_MB)
    in_use = Resident("omni", 5000, leases=1)
    decision = plan_within(Amount(4560), [in_use], now, Allowance(BUDGET_MB, ""))
    assert isinstance(decision, Wait)
    assert "omni 5000 MiB in use" in decision.reason
    assert "others hold 5200 (Ollama: solar:10.7b 5200 MiB)" in decision.reason


def test_what_can_never_fit_names_the_machine() -> None:
    at_most = ceiling(2048, budget_mb=BUDGET_MB, system_reserve_mb=2048)
    decision = plan_within(Amount(4560), [], at_most, at_most)
    assert isinstance(decision, Never)
    assert "needs 4560 MiB" in decision.reason
    assert "this machine gives SARAi 2048 MiB, of which 256 are for the system" in decision.reason
