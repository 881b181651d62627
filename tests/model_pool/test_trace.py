"""What the pool records, and that it can be replayed."""

from __future__ import annotations

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ModelTooLarge
from core.model_pool.pool import ModelPool
from core.model_pool.replay.comparison import OURS, compare
from core.model_pool.replay.recorded import read_trace
from core.model_pool.replay.simulation import SimulatedModel
from core.model_pool.scheduling.events import ModelReady
from core.model_pool.trace import Trace
from core.storage.folder import DataFolder
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import PATIENCE_S, Bench, FakeEngines, FakeModels, settings_for
from tests.model_pool.memory.machines import AloneBudget
from tests.storage.conftest import mode

NEEDS_MB = {"a": 20, "b": 30, "c": 50, "d": 45}
uses = st.lists(
    st.tuples(st.sampled_from(sorted(NEEDS_MB)), st.sampled_from([0.0, 3.0, 40.0, 900.0])),
    min_size=1,
    max_size=20,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trace.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def until_loads(b: Bench, path: Path) -> None:
    """A load is recorded on its own thread, when those who wait for it have gone on."""
    opened = len(b.engines.opened)
    b.until(lambda: sum("loaded" in line for line in lines(path)) == opened)


def test_requests_and_loads_are_recorded(bench: MakeBench, path: Path) -> None:
    b = bench({"a": 60}, trace=path)
    gate = b.engines.hold("a")
    using = b.using("a")
    b.until_loading("a")
    b.clock.advance(2.5)
    gate.set()
    using.result(PATIENCE_S)
    until_loads(b, path)
    b.use("a")
    assert lines(path) == [
        {"at_s": 1000.0, "model": "a"},
        {"loaded": "a", "size_mb": 60, "load_s": 2.5},
        {"at_s": 1002.5, "model": "a"},
    ]
    assert mode(path) == 0o600
    assert read_trace(path).models == {"a": SimulatedModel("a", 60, 2.5)}


@given(uses)
@settings(max_examples=40, deadline=None)
def test_the_replay_has_the_hits_that_the_pool_had(used: list[tuple[str, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.jsonl"
        b = Bench(NEEDS_MB, trace=path)
        for name, pause_s in used:
            b.use(name)
            b.clock.advance(pause_s)
        until_loads(b, path)
        b.end()
        outcome = compare(read_trace(path), 100).outcomes[OURS]
    assert (outcome.requests, outcome.hits) == (len(used), len(used) - len(b.engines.opened))


def test_a_request_that_fails_was_asked_for_all_the_same(bench: MakeBench, path: Path) -> None:
    b = bench({"huge": 200}, trace=path)
    with pytest.raises(ModelTooLarge):
        b.use("huge")
    assert lines(path) == [{"at_s": 1000.0, "model": "huge"}]


def test_the_configuration_names_the_file(path: Path) -> None:
    for pool_trace in (path, None):
        pool = ModelPool(
            settings_for({"a": {}}, pool_trace=pool_trace),
            DataFolder(path.parent),
            open_engine=FakeEngines({"a": 60}),
            models=FakeModels({"a": 60}),
            budget=AloneBudget(100),
        )
        with pool.lease("a"):
            pass
        pool.close()
    assert [line["model"] for line in lines(path) if "model" in line] == ["a"]


def test_nothing_is_written_with_the_lock_held(path: Path) -> None:
    looked: list[int] = []

    def look() -> float:
        with ThreadPoolExecutor(1) as other:
            looked.append(other.submit(b.pool.status).result(PATIENCE_S).reserved_mb)
        return 0.0

    b = Bench(NEEDS_MB)
    b.pool._callers._requested = Trace(path, look).requested
    b.use("a")
    b.end()
    assert looked == [0]


def test_a_disk_that_fails_ends_the_recording_and_is_told_once(
    bench: MakeBench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    b = bench({"a": 60}, trace=tmp_path / "absent" / "trace.jsonl")
    b.use("a")
    b.use("a")
    assert caplog.text.count("runtime.pool_trace") == 1
    assert "No such file or directory" in caplog.text


def test_a_line_that_was_cut_off_is_not_grown_on(path: Path) -> None:
    path.write_text('{"at_s": 5, "mod')
    Trace(path).requested("a")
    cut, whole = path.read_text().splitlines()
    assert cut == '{"at_s": 5, "mod'
    assert json.loads(whole)["model"] == "a"


def test_many_threads_write_whole_lines(path: Path) -> None:
    traces = [Trace(path) for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        for number in range(400):
            trace = traces[number % 4]
            threads.submit(trace.heard, ModelReady(f"m{number}", 1.0, 5))
            threads.submit(trace.requested, f"m{number}")
    trace_ = read_trace(path)
    assert len(trace_.requests) == len(trace_.models) == 400
