"""Each eviction is kept with who left, what it cost and who else could have left."""

from __future__ import annotations

from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.decisions import KEPT, EvictionRecord
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import PATIENCE_S


def costs(record: EvictionRecord) -> tuple[float, float]:
    return sum(v.cost for v in record.victims), sum(v.cost for v in record.alternative)


def test_an_eviction_names_the_victim_and_the_alternative(bench: MakeBench) -> None:
    b = bench({"habit": 40, "guest": 40, "new": 50})
    for _ in range(5):
        b.use("habit")
        b.clock.advance(60)
    b.use("guest")
    b.clock.advance(120)
    b.use("new")
    (record,) = b.pool.decisions()
    assert (record.wanted, record.need, record.free) == ("new", Amount(50), Amount(20))
    assert record.at_s == b.clock.now_s()
    assert [v.name for v in record.victims] == ["guest"]
    assert [v.name for v in record.alternative] == ["habit"]
    chosen, other = costs(record)
    assert 0 < chosen < other
    assert "new needs 50 MiB and 20 are free: guest (40 MiB), cost" in record.reason
    assert "rather than habit (40 MiB), cost" in record.reason


def test_a_model_that_comes_back_is_not_taken_for_a_new_one(bench: MakeBench) -> None:
    b = bench({"habit": 60, "big": 90, "guest": 30, "new": 30})
    for _ in range(9):
        b.use("habit")
        b.clock.advance(60)
    b.use("big")
    b.use("habit")
    b.use("guest")
    b.clock.advance(120)
    b.use("new")
    assert [v.name for v in b.pool.decisions()[-1].victims] == ["guest"]


def test_what_took_long_to_load_stays_before_what_did_not(bench: MakeBench) -> None:
    b = bench({"slow": 40, "quick": 40, "new": 50})
    gate = b.engines.hold("slow")
    loading = b.using("slow")
    b.until_loading("slow")
    b.clock.advance(20)
    gate.set()
    loading.result(PATIENCE_S)
    b.clock.advance(5)
    b.use("quick")
    b.use("new")
    (record,) = b.pool.decisions()
    assert [v.name for v in record.victims] == ["quick"]


def test_a_load_that_fits_is_no_eviction_and_old_records_go(bench: MakeBench) -> None:
    b = bench({"a": 60, "b": 60})
    b.use("a")
    assert b.pool.decisions() == ()
    for _ in range(KEPT):
        b.use("b")
        b.use("a")
    records = b.pool.decisions()
    assert len(records) == KEPT
    assert [records[0].wanted, records[-1].wanted] == ["b", "a"]
    assert records[-1].alternative == ()
    assert "rather than" not in records[-1].reason
