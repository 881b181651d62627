"""A pool whose models take a GPU's memory as well: one rule for both."""

from __future__ import annotations

import pytest

from core.errors import ModelTooLarge, PoolBusy
from core.model_pool.memory.amount import Amount
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import PATIENCE_S


def test_the_set_that_leaves_frees_both(bench: MakeBench) -> None:
    """One alone frees the machine, another the GPU; the third helps neither."""
    b = bench(
        {"wide": 60, "fast": 10, "plain": 20, "new": 50},
        device_needs_mb={"wide": 10, "fast": 40, "new": 40},
        device_budget_mb=60,
    )
    for name in ("wide", "fast", "plain"):
        b.use(name)
        b.clock.advance(1)
    b.use("new")
    (record,) = b.pool.decisions()
    assert b.loaded() == {"plain", "new"}
    assert (record.need, record.free) == (Amount(50, 40), Amount(10, 10))
    assert [each.reserved for each in record.victims] == [Amount(60, 10), Amount(10, 40)]
    told = "new needs 50 MiB + 40 MiB of GPU memory and 10 are free, 10 of GPU memory: "
    assert record.reason.startswith(told)
    assert "wide (60 MiB + 10 MiB of GPU memory)" in record.reason


def test_a_full_gpu_is_nothing_to_who_needs_none(bench: MakeBench) -> None:
    b = bench({"gpu": 40, "plain": 50}, device_needs_mb={"gpu": 60}, device_budget_mb=60)
    b.use("gpu")
    b.budget.device_limit_mb = 10  # others took of it since
    b.use("plain")
    assert b.loaded() == {"gpu", "plain"}
    assert b.pool.decisions() == ()


def test_a_gpu_in_use_is_waited_for_and_named(bench: MakeBench) -> None:
    b = bench({"a": 10, "b": 10}, device_needs_mb={"a": 40, "b": 30}, device_budget_mb=60)
    with b.pool.lease("a"):
        with pytest.raises(PoolBusy) as caught, b.pool.lease("b", timeout_s=0):
            pass
        waiting = b.using("b")
        b.until_waiting_for_memory("b")
        assert b.seen("b").waiting_for == (
            "needs 30 MiB of GPU memory and 20 of the models' 60 MiB can be had now; "
            "the rest is held by a 40 MiB in use"
        )
    waiting.result(PATIENCE_S)
    assert "needs 30 MiB of GPU memory" in str(caught.value)
    assert "runtime.device_budget_mb" in caught.value.hint
    assert b.loaded() == {"b"}


@pytest.mark.parametrize("pinned", [False, True])
def test_what_can_never_fit_names_the_gpu_and_evicts_nobody(bench: MakeBench, pinned: bool) -> None:
    b = bench(
        {"other": 10, "big": 10},
        {"other": {"permanent": pinned}},
        device_needs_mb={"other": 40, "big": 30 if pinned else 61},
        device_budget_mb=60,
    )
    b.use("other")
    with pytest.raises(ModelTooLarge) as caught:
        b.use("big")
    assert ("only 20 of the models' 60 MiB" in str(caught.value)) == pinned
    assert ("the models' GPU budget is 60 MiB" in str(caught.value)) != pinned
    assert "(GPU0 has as much)" in str(caught.value)
    assert "models.big.gpu_layers" in caught.value.hint
    assert b.loaded() == {"other"}


def test_others_on_the_gpu_make_it_wait_and_not_give_up(bench: MakeBench) -> None:
    b = bench({"a": 10}, device_needs_mb={"a": 50}, device_budget_mb=60)
    b.budget.device_limit_mb = 40
    waiting = b.using("a")
    b.until_waiting_for_memory("a")
    assert b.seen("a").waiting_for == (
        "needs 50 MiB of GPU memory: others hold the rest of the GPU"
    )
    b.budget.device_limit_mb = 60
    b.clock.advance(3.0)  # when it looks again by itself
    waiting.result(PATIENCE_S)


def test_the_status_tells_both(bench: MakeBench) -> None:
    b = bench({"a": 10, "b": 10}, device_needs_mb={"a": 50}, device_budget_mb=60)
    b.use("a")
    b.use("b")
    b.budget.device_limit_mb = 55
    status = b.pool.status()
    assert (status.reserved_mb, status.device_reserved_mb) == (20, 50)
    assert (status.device_limit_mb, status.device_budget_mb) == (55, 60)
    assert (b.seen("a").device_mb, b.seen("b").device_mb) == (50, 0)


def test_what_the_engine_took_of_the_gpu_is_remembered(bench: MakeBench) -> None:
    b = bench({"a": 10}, device_needs_mb={"a": 50}, device_budget_mb=60)
    b.use("a")
    b.pool.unload("a")
    assert b.models.device_peaks_mb == {"a": 50}
