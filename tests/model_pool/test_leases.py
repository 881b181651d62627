"""Leases: who shares, who waits, who leaves."""

from __future__ import annotations

import threading

import pytest

from core.cancellation import Cancellation
from core.errors import Cancelled, EngineCrashed, InvalidInput, ModelTooLarge, PoolBusy
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import PATIENCE_S, unavailable


def test_a_second_lease_shares_the_engine(bench: MakeBench) -> None:
    b = bench({"a": 10})
    with b.pool.lease("a") as first, b.pool.lease("a") as second:
        assert first is second
        assert b.pool.status().models[0].leases == 2
    assert b.use("a") is first
    assert b.engines.names() == ["a"]


def test_many_callers_of_an_absent_model_share_one_load(bench: MakeBench) -> None:
    b = bench({"a": 10})
    go = b.engines.hold("a")
    futures = [b.using("a") for _ in range(32)]
    b.until_waiters("a", 32)
    go.set()
    assert {id(future.result(PATIENCE_S)) for future in futures} == {id(b.engines.opened[0])}
    assert b.engines.names() == ["a"]


def test_a_hit_does_not_wait_for_another_models_load(bench: MakeBench) -> None:
    b = bench({"a": 10, "slow": 10})
    b.use("a")
    go = b.engines.hold("slow")
    loading = b.using("slow")
    b.until_loading("slow")
    assert b.using("a").result(PATIENCE_S).model == "a"
    assert not loading.done()
    go.set()
    loading.result(PATIENCE_S)


def test_the_least_recently_used_leaves_before_the_new_one_is_opened(bench: MakeBench) -> None:
    b = bench({"a": 40, "b": 40, "c": 40})
    b.use("a")
    b.clock.advance(1)
    b.use("b")
    b.clock.advance(1)
    b.use("a")
    b.use("c")
    assert b.loaded() == {"a", "c"}
    assert b.engines.events[-3:] == ["close b", "loading c", "open c"]


def test_a_leased_model_stays_and_the_waiter_wakes_on_its_release(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60})
    with b.pool.lease("a") as engine:
        waiting = b.using("b")
        b.until_waiting_for_memory("b")
        assert engine.alive()
        assert not waiting.done()
    assert waiting.result(PATIENCE_S).model == "b"
    assert not engine.alive()


def test_a_waiter_wakes_when_somebody_unloads(bench: MakeBench) -> None:
    b = bench({"pin": 30, "busy": 40, "b": 60}, {"pin": {"permanent": True}})
    b.use("pin")
    with b.pool.lease("busy"):
        waiting = b.using("b")
        b.until_waiting_for_memory("b")
        assert b.pool.unload("pin")
        assert waiting.result(PATIENCE_S).model == "b"


def test_the_wait_for_memory_ends_with_the_names_of_the_holders(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60}, admission_timeout_s=30)
    with b.pool.lease("a"):
        waiting = b.using("b")
        b.until_waiting_for_memory("b")
        b.clock.advance(29.9)
        b.until_waiters("b", 1)
        b.clock.advance(0.2)
        with pytest.raises(PoolBusy, match=r"b needs 60 MiB.*a 60 MiB in use") as caught:
            waiting.result(PATIENCE_S)
    assert caught.value.retryable
    assert b.engines.names() == ["a"]


def test_a_long_load_is_no_wait_for_memory(bench: MakeBench) -> None:
    b = bench({"a": 60}, admission_timeout_s=30)
    go = b.engines.hold("a")
    loading = b.using("a")
    b.until_loading("a")
    b.clock.advance(300)
    go.set()
    assert loading.result(PATIENCE_S).model == "a"
    assert b.pool.status().models[0].load_s == 300


def test_without_patience_a_full_pool_answers_at_once(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60}, admission_timeout_s=0)
    with b.pool.lease("a"), pytest.raises(PoolBusy):
        b.use("b")
    b.use("b")


def test_what_can_never_fit_fails_at_once_and_evicts_nobody(bench: MakeBench) -> None:
    b = bench({"a": 60, "huge": 101})
    b.use("a")
    with pytest.raises(
        ModelTooLarge, match="needs 101 MiB and the models' budget is 100"
    ) as caught:
        b.use("huge")
    assert "models.huge.context_length" in caught.value.hint
    assert b.loaded() == {"a"}


def test_permanent_models_count_against_what_can_ever_fit(bench: MakeBench) -> None:
    b = bench({"pin": 50, "a": 30, "b": 60}, {"pin": {"permanent": True}})
    b.use("pin")
    b.use("a")
    with pytest.raises(ModelTooLarge, match="pin 50 MiB permanent"):
        b.use("b")
    assert b.loaded() == {"pin", "a"}


def test_a_file_is_checked_before_anybody_is_evicted_for_it(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60})
    b.use("a")
    b.models.errors["b"] = unavailable("b")
    with pytest.raises(type(unavailable("b"))):
        b.use("b")
    assert b.loaded() == {"a"}


def test_a_failed_load_fails_for_all_its_waiters_and_frees_its_memory(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60})
    go = b.engines.hold("a")
    b.engines.load_errors["a"] = unavailable("a")
    futures = [b.using("a") for _ in range(5)]
    b.until_waiters("a", 5)
    b.until_loading("a")
    assert b.pool.status().reserved_mb == 60
    go.set()
    assert all(str(future.exception(PATIENCE_S)) == str(unavailable("a")) for future in futures)
    assert b.pool.status().reserved_mb == 0
    assert b.pool.status().models[0].state == "failed"
    del b.engines.load_errors["a"]
    assert b.use("a").alive()
    assert b.pool.status().models[0].last_error is None


def test_a_bug_while_loading_reaches_the_caller(bench: MakeBench) -> None:
    b = bench({"a": 60})
    b.engines.load_errors["a"] = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError, match="a bug"):
        b.use("a")


def test_memory_promised_to_one_load_is_not_given_to_another(bench: MakeBench) -> None:
    b = bench({"old": 40, "a": 80, "b": 60, "idle": 0})
    b.use("idle")
    b.use("old")
    b.engines.close_gate = threading.Event()
    first = b.using("a")  # takes the 60 that are free and waits for the 40 of `old`
    b.until_event("close old")
    assert b.pool.status().reserved_mb == 80
    second = b.using("b")
    b.until_waiting_for_memory("b")
    assert b.using("idle").result(PATIENCE_S).model == "idle"  # nor does a hit wait for a close
    b.engines.close_gate.set()
    assert {first.result(PATIENCE_S).model, second.result(PATIENCE_S).model} == {"a", "b"}


def test_what_is_closing_still_counts(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60}, {"a": {"ttl_seconds": 5}})
    b.use("a")
    b.engines.close_gate = threading.Event()
    expiring = b.submit(b.clock.advance, 5)
    b.until_event("close a")
    assert b.pool.status().reserved_mb == 60
    again = b.using("b")
    b.until_waiting_for_memory("b")
    b.engines.close_gate.set()
    expiring.result(PATIENCE_S)
    assert again.result(PATIENCE_S).model == "b"


def test_cancelling_a_wait_for_memory_ends_it(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60})
    cancel = Cancellation()
    with b.pool.lease("a"):
        waiting = b.using("b", cancel)
        b.until_waiting_for_memory("b")
        cancel.cancel()
        with pytest.raises(Cancelled):
            waiting.result(PATIENCE_S)
    assert b.pool.status().models[1].state == "absent"


def test_the_last_to_give_up_cancels_the_load(bench: MakeBench) -> None:
    b = bench({"a": 60})
    b.engines.hold("a")
    cancels = [Cancellation(), Cancellation()]
    futures = [b.using("a", cancel) for cancel in cancels]
    b.until_waiters("a", 2)
    b.until_loading("a")
    cancels[0].cancel()
    assert isinstance(futures[0].exception(PATIENCE_S), Cancelled)
    assert not futures[1].done()
    assert b.pool.status().models[0].state == "loading"
    cancels[1].cancel()
    assert isinstance(futures[1].exception(PATIENCE_S), Cancelled)
    assert b.engines.opened == []


def test_one_who_gives_up_leaves_the_others_their_load(bench: MakeBench) -> None:
    b = bench({"a": 60})
    go = b.engines.hold("a")
    cancel = Cancellation()
    leaving, staying = b.using("a", cancel), b.using("a")
    b.until_waiters("a", 2)
    cancel.cancel()
    assert isinstance(leaving.exception(PATIENCE_S), Cancelled)
    go.set()
    assert staying.result(PATIENCE_S).alive()


def test_a_dead_engine_is_replaced_at_the_next_lease(bench: MakeBench) -> None:
    b = bench({"a": 60})
    first = b.use("a")
    first.crashed = True
    second = b.use("a")
    assert second is not first
    assert first.closed
    assert second.alive()


def test_a_crash_inside_a_lease_drops_the_engine(bench: MakeBench) -> None:
    b = bench({"a": 60})
    with pytest.raises(EngineCrashed), b.pool.lease("a"):
        raise EngineCrashed("a died.", model="a")
    assert b.loaded() == set()
    assert b.pool.status().reserved_mb == 0
    assert b.use("a") is b.engines.opened[1]


def test_a_crash_of_another_model_drops_only_that_one(bench: MakeBench) -> None:
    b = bench({"a": 40, "b": 40})
    with pytest.raises(EngineCrashed), b.pool.lease("a"), b.pool.lease("b"):
        raise EngineCrashed("b died.", model="b")
    assert b.loaded() == {"a"}


def test_others_who_hold_a_crashed_engine_give_it_back_in_peace(bench: MakeBench) -> None:
    b = bench({"a": 60})
    with b.pool.lease("a") as old:
        with pytest.raises(EngineCrashed), b.pool.lease("a"):
            raise EngineCrashed("a died.", model="a")
        with b.pool.lease("a") as fresh:
            assert fresh is not old
    assert b.pool.status().models[0].leases == 0
    assert b.loaded() == {"a"}


def test_an_engine_that_does_not_close_cleanly_is_logged_and_forgotten(
    bench: MakeBench, caplog: pytest.LogCaptureFixture
) -> None:
    b = bench({"a": 60, "b": 60})
    b.use("a")
    b.engines.close_error = OSError("stuck")
    b.use("b")
    assert "a did not close cleanly" in caplog.text
    assert b.loaded() == {"b"}


def test_an_unknown_name_is_refused_with_the_nearest_one(bench: MakeBench) -> None:
    b = bench({"qwen3_vl_4b": 10, "other": 10})
    with pytest.raises(InvalidInput, match="Did you mean qwen3_vl_4b") as caught:
        b.use("qwen3_vl")
    assert caught.value.key == "qwen3_vl"


def test_hammering_a_small_pool_never_passes_the_budget(bench: MakeBench) -> None:
    needs_mb = {"a": 30, "b": 40, "c": 50, "d": 60}
    b = bench(needs_mb, admission_timeout_s=600)
    start = threading.Barrier(8)

    def hammer(seed: int) -> None:
        start.wait(PATIENCE_S)
        for step in range(50):
            name = "abcd"[(seed * 7 + step * (seed % 3 + 1)) % 4]
            with b.pool.lease(name) as engine:
                assert engine.alive()
                assert engine.model == name
                assert b.pool.status().reserved_mb <= 100

    threads = [b.submit(hammer, seed) for seed in range(8)]
    for thread in threads:
        thread.result(60)
    assert b.engines.peak.system_mb <= 100
