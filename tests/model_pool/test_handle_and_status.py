"""The lease-free handle, and what the pool says of itself."""

from __future__ import annotations

import numpy as np
import pytest

from core.engines.protocol import Completion, Engine, GenerationRequest, Message, TextDelta
from core.errors import InvalidInput
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import PATIENCE_S, unavailable

HELLO = GenerationRequest((Message.text("user", "hi"),))


def test_a_handle_loads_nothing_until_it_is_called(bench: MakeBench) -> None:
    b = bench({"a": 10})
    handle: Engine = b.pool.get("a")
    assert handle.model == "a"
    assert handle.alive()
    assert handle.memory_mb() is None
    assert b.engines.opened == []
    assert handle.capabilities.vision
    assert handle.context_tokens == 512
    assert handle.count_tokens(HELLO.messages) == 1
    assert np.array_equal(handle.embed(["x", "y"]), np.ones((2, 4)))
    assert handle.memory_mb() == 7.5
    assert b.engines.names() == ["a"]


def test_a_handles_stream_holds_the_lease_until_its_end(bench: MakeBench) -> None:
    b = bench({"a": 10})
    stream = b.pool.get("a").generate(HELLO)
    assert next(stream) == TextDelta("hello")
    assert b.pool.status().models[0].state == "in_use"
    assert isinstance(next(stream), Completion)
    assert list(stream) == []
    assert b.pool.status().models[0].state == "ready"


def test_a_handle_outlives_an_unload(bench: MakeBench) -> None:
    b = bench({"a": 10})
    handle = b.pool.get("a")
    list(handle.generate(HELLO))
    handle.close()
    assert b.loaded() == set()
    assert len(list(handle.generate(HELLO))) == 2
    b.pool.close()
    assert not handle.alive()


def test_an_unknown_name_has_no_handle(bench: MakeBench) -> None:
    with pytest.raises(InvalidInput):
        bench({"a": 10}).pool.get("b")


def test_the_status_tells_each_state(bench: MakeBench) -> None:
    names = ("absent", "loading", "ready", "in_use", "failed")
    b = bench(
        dict.fromkeys(names, 10), {"ready": {"ttl_seconds": 60}, "in_use": {"permanent": True}}
    )
    b.models.errors["failed"] = unavailable("failed")
    with pytest.raises(type(unavailable("failed"))):
        b.use("failed")
    go = b.engines.hold("loading")
    loading = b.using("loading")
    b.until_loading("loading")
    b.use("ready")
    b.clock.advance(5)
    with b.pool.lease("in_use"):
        status = b.pool.status()
    go.set()
    loading.result(PATIENCE_S)
    by_name = {model.name: model for model in status.models}
    assert [by_name[name].state for name in names] == list(names)
    assert (status.budget_mb, status.reserved_mb) == (100, 30)
    assert by_name["failed"].last_error == str(unavailable("failed"))
    assert by_name["ready"].idle_s == 5
    assert by_name["ready"].unload_at_s == status.now_s + 55
    assert by_name["ready"].memory_mb == 7.5
    assert by_name["in_use"].leases == 1
    assert by_name["in_use"].permanent
    assert by_name["in_use"].idle_s is None
    assert by_name["loading"].reserved_mb == 10
