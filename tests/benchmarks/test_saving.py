"""What phases save, measured on tiny models: the figures are told, kept, and gone on with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.measuring.memory_meter import metered
from benchmarks.synthetic_models.catalogue import MODELS
from benchmarks.workflow import grouping
from benchmarks.workflow.saving import SAME_PROMPTS, Trial, measure

TINY = replace(
    MODELS["qwen3-0.6b"].language,
    layers=2,
    width=256,
    feed_forward=256,
    heads=2,
    kv_heads=1,
    vocabulary=2048,
)
TRIAL = Trial("small", "large", tokens=4, pairs=1)


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    files = {"small": tmp_path / "small.gguf", "large": tmp_path / "large.gguf"}
    TINY.write(files["small"])
    replace(TINY, layers=6).write(files["large"])
    state = tmp_path / "state.jsonl"

    first = {each.name: each for each in measure(TRIAL, state, files)}

    loads = first["loads, two models"]
    assert (loads.value, loads.peers["one model"]) == (3, 1)
    prompts = first["prompt tokens, two models"]
    assert prompts.value == pytest.approx(prompts.peers["one model"], rel=SAME_PROMPTS)
    saved = first["memory-seconds saved by two models"]
    assert all(float(peer) > 0 for peer in saved.peers.values())
    for file in files.values():
        file.unlink()  # so that nothing can run again
    assert {each.name: each for each in measure(TRIAL, state, files)} == first
    with pytest.raises(FileNotFoundError):
        measure(replace(TRIAL, tokens=5), state, files)


def test_memory_counts_for_as_long_as_it_is_held() -> None:
    held_mb = 2000.0
    with metered(lambda: held_mb) as meter:
        pass
    held_gb = held_mb * 2**20 / 1e9
    assert meter.gb_s == pytest.approx(held_gb * meter.seconds)
    assert meter.peak_gb == pytest.approx(held_gb)
    assert meter.mean_gb == pytest.approx(held_gb)


def test_the_order_saves_loads_and_changes_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    TINY.write(path)
    figures = {each.name: each for each in grouping.measure(path, repeats=1)}
    loads = figures["loads of models, phases planned"]
    assert (loads.value, loads.peers) == (2, {"as listed": 4})
