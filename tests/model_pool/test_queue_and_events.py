"""What callers see of the queue: places, events, guesses, and models that come back."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput, PoolBusy
from core.model_pool.scheduling.events import ModelLeft, ModelLoading, ModelReady, PoolEvent
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import PATIENCE_S, unavailable


def test_listeners_hear_what_happens_until_they_leave(
    bench: MakeBench, caplog: pytest.LogCaptureFixture
) -> None:
    b = bench({"a": 60, "b": 60})
    heard: list[PoolEvent] = []

    def clumsy(event: PoolEvent) -> None:
        raise ZeroDivisionError(event)

    b.pool.listen(clumsy)
    leave = b.pool.listen(heard.append)
    b.use("a")
    b.use("b")
    leave()
    b.use("a")
    kinds = [(type(event), event.model) for event in heard]
    assert kinds == [
        (ModelLoading, "a"),
        (ModelReady, "a"),
        (ModelLeft, "a"),
        (ModelLoading, "b"),
        (ModelReady, "b"),
    ]
    assert b.seen("b").left_because == "evicted for a"
    assert "Somebody who listens to the pool failed" in caplog.text


def test_a_waiting_load_shows_its_place_and_what_it_waits_for(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60, "c": 70})
    with b.pool.lease("a"):
        first = b.using("b")
        b.until_waiting_for_memory("b")
        second = b.using("c")
        b.until_waiting_for_memory("c")
        seen = b.seen("c")
        assert (seen.state, seen.position, seen.reserved_mb) == ("waiting", 2, 0)
        assert "a 60 MiB in use" in (seen.waiting_for or "")
    assert first.result(PATIENCE_S).model == "b"
    assert second.result(PATIENCE_S).model == "c"


def test_a_caller_brings_its_own_patience(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60})
    with b.pool.lease("a"), pytest.raises(PoolBusy), b.pool.lease("b", timeout_s=0):
        pass


def test_a_prefetched_model_is_there_when_it_is_wanted(bench: MakeBench) -> None:
    b = bench({"a": 60})
    gate = b.engines.hold("a")
    assert b.pool.prefetch("a").begun
    b.until_loading("a")
    wanted = b.using("a")
    b.until_waiters("a", 1)
    gate.set()
    assert wanted.result(PATIENCE_S).model == "a"
    assert b.engines.names() == ["a"]
    assert not b.pool.prefetch("a").begun


def test_a_prefetch_taken_back_ends_its_load(bench: MakeBench) -> None:
    b = bench({"a": 60})
    b.engines.hold("a")
    prefetch = b.pool.prefetch("a")
    b.until_loading("a")
    prefetch.cancel()
    b.pool.close()
    assert b.engines.names() == []


def test_a_prefetch_of_what_cannot_be_had_is_no_error(bench: MakeBench) -> None:
    b = bench({"a": 60, "huge": 101})
    b.models.errors["a"] = unavailable("a")
    assert not b.pool.prefetch("a").begun
    assert not b.pool.prefetch("huge").begun
    b.pool.prefetch("huge").cancel()
    with pytest.raises(InvalidInput):
        b.pool.prefetch("nobody")


def test_a_permanent_model_that_dies_comes_back_without_being_asked(bench: MakeBench) -> None:
    b = bench({"pin": 60}, {"pin": {"permanent": True}})
    b.use("pin")
    listened: list[PoolEvent] = []
    b.pool.listen(listened.append)
    b.engines.opened[0].die()
    b.until_event("open pin")
    b.until(lambda: any(isinstance(event, ModelReady) for event in listened))
    assert b.loaded() == {"pin"}
    assert b.engines.names() == ["pin", "pin"]


def test_models_in_use_share_the_threads(bench: MakeBench) -> None:
    b = bench({"a": 10, "b": 10, "c": 10}, threads=4)
    with b.pool.lease("a"), b.pool.lease("b"), b.pool.lease("c"):
        pass
    told = {engine.model: engine.threads for engine in b.engines.opened}
    assert told == {"a": [4, 2, 1, 2, 4], "b": [2, 1, 2], "c": []}
