"""How models go: by time, by request, by the end of the pool."""

from __future__ import annotations

import pytest

from core.errors import Cancelled, InvalidInput, PoolBusy
from core.model_pool.pool import ModelPool
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import PATIENCE_S

TTL_60 = {"a": {"ttl_seconds": 60}}


def unload_in_s(pool: ModelPool) -> float | None:
    status = pool.status()
    at_s = status.models[0].unload_at_s
    return None if at_s is None else at_s - status.now_s


def test_the_configured_ttl_counts_from_the_last_release(bench: MakeBench) -> None:
    b = bench({"a": 10}, TTL_60)
    b.use("a")
    b.clock.advance(59)
    b.use("a")
    b.clock.advance(59)
    assert b.loaded() == {"a"}
    b.clock.advance(1)
    assert b.loaded() == set()
    assert b.engines.opened[0].closed
    assert b.pool.status().reserved_mb == 0


def test_a_model_in_use_is_not_unloaded_by_time(bench: MakeBench) -> None:
    b = bench({"a": 10}, TTL_60)
    with b.pool.lease("a") as engine:
        with b.pool.lease("a"):
            pass
        b.clock.advance(1000)
        assert engine.alive()
        assert b.clock.pending() == 0
    assert unload_in_s(b.pool) == 60


def test_without_a_ttl_a_model_stays(bench: MakeBench) -> None:
    b = bench({"a": 10})
    b.use("a")
    b.clock.advance(1e6)
    assert b.loaded() == {"a"}


def test_a_scheduled_unload_counts_from_the_last_release(bench: MakeBench) -> None:
    b = bench({"a": 10})
    b.use("a")
    b.clock.advance(20)
    b.pool.schedule_unload("a", ttl=60)
    assert unload_in_s(b.pool) == 40
    b.clock.advance(40)
    assert b.loaded() == set()


def test_a_schedule_that_is_already_over_unloads_at_once(bench: MakeBench) -> None:
    b = bench({"a": 10})
    b.use("a")
    b.clock.advance(100)
    b.pool.schedule_unload("a", ttl=60)
    b.clock.advance(0)
    assert b.loaded() == set()


def test_a_schedule_made_while_in_use_begins_at_the_release(bench: MakeBench) -> None:
    b = bench({"a": 10})
    with b.pool.lease("a"):
        b.pool.schedule_unload("a", ttl=60)
        b.clock.advance(500)
    b.clock.advance(59)
    assert b.loaded() == {"a"}
    b.clock.advance(1)
    assert b.loaded() == set()


def test_a_schedule_made_while_in_use_is_for_one_release_only(bench: MakeBench) -> None:
    b = bench({"a": 10})
    with b.pool.lease("a"):
        b.pool.schedule_unload("a", ttl=60)
    b.use("a")
    b.clock.advance(1000)
    assert b.loaded() == {"a"}


def test_a_schedule_made_while_loading_begins_at_the_release(bench: MakeBench) -> None:
    b = bench({"a": 10})
    go = b.engines.hold("a")
    loading = b.using("a")
    b.until_loading("a")
    b.pool.schedule_unload("a", ttl=5)
    go.set()
    loading.result(PATIENCE_S)
    b.clock.advance(5)
    assert b.loaded() == set()


def test_reuse_cancels_the_schedule(bench: MakeBench) -> None:
    b = bench({"a": 10})
    b.use("a")
    b.pool.schedule_unload("a", ttl=60)
    b.use("a")
    b.clock.advance(1000)
    assert b.loaded() == {"a"}


def test_a_schedule_overrides_the_configured_ttl_once(bench: MakeBench) -> None:
    b = bench({"a": 10}, TTL_60)
    b.use("a")
    b.pool.schedule_unload("a", ttl=300)
    b.clock.advance(299)
    assert b.loaded() == {"a"}
    b.use("a")
    b.clock.advance(60)
    assert b.loaded() == set()


def test_scheduling_an_absent_model_does_nothing(bench: MakeBench) -> None:
    b = bench({"a": 10})
    b.pool.schedule_unload("a", ttl=60)
    assert b.clock.pending() == 0


def test_scheduling_refuses_what_cannot_be_meant(bench: MakeBench) -> None:
    b = bench({"a": 10, "pin": 10}, {"pin": {"permanent": True}})
    with pytest.raises(InvalidInput, match="Did you mean a"):
        b.pool.schedule_unload("aa", ttl=60)
    with pytest.raises(InvalidInput, match=r"models\.pin\.permanent"):
        b.pool.schedule_unload("pin", ttl=60)
    for ttl in (-1.0, float("nan"), float("inf")):
        with pytest.raises(InvalidInput) as caught:
            b.pool.schedule_unload("a", ttl=ttl)
        assert caught.value.key == "ttl"


def test_a_lease_taken_while_the_timer_fires_keeps_the_engine(bench: MakeBench) -> None:
    b = bench({"a": 10}, TTL_60)
    b.use("a")
    b.clock.advance(59)
    with b.pool.lease("a") as engine:
        b.pool._monitor._ring()  # the timer was past cancelling when it lost
        assert engine.alive()
    b.pool._monitor._ring()  # nor may it count as the new appointment
    assert b.loaded() == {"a"}
    b.clock.advance(60)
    assert b.loaded() == set()


def test_a_failing_close_on_a_timer_is_logged(
    bench: MakeBench, caplog: pytest.LogCaptureFixture
) -> None:
    b = bench({"a": 10}, TTL_60)
    b.use("a")
    b.engines.close_error = OSError("stuck")
    b.clock.advance(60)
    assert "a did not close cleanly" in caplog.text
    assert b.pool.status().reserved_mb == 0


def test_unload_is_obeyed_at_once_even_for_a_permanent_model(bench: MakeBench) -> None:
    b = bench({"a": 10}, {"a": {"permanent": True}})
    b.use("a")
    assert b.pool.unload("a")
    assert b.loaded() == set()
    assert not b.pool.unload("a")


def test_unload_never_cuts_an_answer_nor_a_load(bench: MakeBench) -> None:
    b = bench({"a": 10})
    go = b.engines.hold("a")
    loading = b.using("a")
    b.until_loading("a")
    with pytest.raises(PoolBusy, match="in use"):
        b.pool.unload("a")
    go.set()
    loading.result(PATIENCE_S)
    with b.pool.lease("a") as engine:
        with pytest.raises(PoolBusy):
            b.pool.unload("a")
        assert engine.alive()


def test_closing_ends_engines_in_use_and_refuses_new_leases(bench: MakeBench) -> None:
    b = bench({"a": 10, "b": 10}, TTL_60)
    b.use("b")
    with b.pool.lease("a") as engine:
        b.pool.close()
        b.pool.close()
        assert not engine.alive()
    assert b.pool.closed
    with pytest.raises(Cancelled, match="pool is closed"):
        b.use("b")
    assert b.clock.pending() == 0


def test_closing_during_a_load_ends_it_and_tells_its_waiters(bench: MakeBench) -> None:
    b = bench({"a": 10})
    b.engines.hold("a")
    loading = b.using("a")
    b.until_loading("a")
    b.pool.close()
    with pytest.raises(Cancelled, match="pool is closed"):
        loading.result(PATIENCE_S)
    assert b.engines.opened == []


def test_closing_ends_a_wait_for_memory(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60})
    with b.pool.lease("a"):
        waiting = b.using("b")
        b.until_waiting_for_memory("b")
        b.pool.close()
        with pytest.raises(Cancelled):
            waiting.result(PATIENCE_S)


def test_an_engine_that_arrives_after_everybody_left_is_closed(bench: MakeBench) -> None:
    b = bench({"a": 60})
    b.engines.deaf = True
    go = b.engines.hold("a")
    loading = b.using("a")
    b.until_loading("a")
    closing = b.submit(lambda _: b.pool.close(), 0)
    with pytest.raises(Cancelled):
        loading.result(PATIENCE_S)
    assert not closing.done()
    assert b.pool.status().reserved_mb == 60
    go.set()
    closing.result(PATIENCE_S)
    assert b.engines.opened[0].closed
