"""The pool beside other programs: it waits for what they hold, and tells what it learns."""

from __future__ import annotations

import pytest

from core.errors import ModelFileInvalid, PoolBusy
from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.waiting import LOOK_AGAIN_S
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import PATIENCE_S


def test_what_others_hold_is_waited_for_and_not_refused_for_ever(bench: MakeBench) -> None:
    b = bench({"a": 60})
    b.budget.limit_mb = 50
    waiting = b.using("a")
    b.until_waiting_for_memory("a")
    assert "others hold the rest" in (b.seen("a").waiting_for or "")
    b.budget.limit_mb = 100
    b.clock.advance(LOOK_AGAIN_S)
    assert waiting.result(PATIENCE_S).model == "a"


def test_when_another_process_is_quicker_the_load_waits_again(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 70})
    b.use("a")
    limit_mb, b.budget.quicker_mb = b.budget.limit_mb, 50
    waiting = b.using("b")
    b.until_waiting_for_memory("b")
    assert b.loaded() == set()
    assert b.engines.names() == ["a"]
    b.budget.limit_mb, b.budget.quicker_mb = limit_mb, 0
    b.clock.advance(LOOK_AGAIN_S)
    assert waiting.result(PATIENCE_S).model == "b"


def test_waiting_for_others_ends_at_the_deadline_with_their_names(bench: MakeBench) -> None:
    b = bench({"a": 60}, admission_timeout_s=0)
    b.budget.limit_mb = 50
    with pytest.raises(PoolBusy, match="others hold the rest"):
        b.use("a")


def test_a_file_that_the_engine_refuses_is_remembered(bench: MakeBench) -> None:
    b = bench({"a": 60})
    b.engines.load_errors["a"] = ModelFileInvalid("a is damaged.", model="a")
    with pytest.raises(ModelFileInvalid):
        b.use("a")
    assert b.models.refused == ["a"]


def test_a_wrong_checksum_evicts_nobody(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60})
    b.use("a")
    b.models.checksum_errors["b"] = ModelFileInvalid("b is another file.", model="b")
    with pytest.raises(ModelFileInvalid):
        b.use("b")
    assert b.loaded() == {"a"}


def test_what_a_model_really_took_is_told_before_it_goes(bench: MakeBench) -> None:
    b = bench({"a": 60})
    b.use("a")
    b.pool.unload("a")
    assert b.models.peaks_mb == {"a": 7.5}


def test_reservations_of_other_processes_see_each_model_once(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60})
    b.use("a")
    b.use("b")
    assert [(each.model, each.reserved) for each in b.budget.held] == [("b", Amount(60))]
