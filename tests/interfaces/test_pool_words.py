"""What is shown while a model is waited for."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from core.interfaces.model_tables import status_view
from core.interfaces.pool_words import words_for
from core.model_pool import PoolEvent
from core.model_pool.scheduling.events import ModelLeft, ModelLoading, ModelReady, ModelWaits
from tests.model_pool.fakes import PATIENCE_S, Bench


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ModelLoading("a", 0.4), "loading a 40%"),
        (ModelReady("a", 2.0, 900), "a is loaded"),
        (ModelWaits("a", 1, "", None), "a waits for memory, next"),
        (ModelWaits("a", 3, "", 12.4), "a waits for memory, number 3, about 12 s"),
        (ModelWaits("a", 1, "", 0.2), "a waits for memory, next, any moment"),
        (ModelLeft("a", "unused for its time"), None),
    ],
)
def test_only_waits_are_shown(event: PoolEvent, words: str | None) -> None:
    assert words_for(event) == words


def test_the_bar_shows_each_models_share_and_who_waits() -> None:
    bench = Bench({"half": 50, "tenth": 10, "big": 80})
    bench.use("tenth")
    with bench.pool.lease("half"):
        waiting = bench.using("big")
        bench.until_waiting_for_memory("big")
        shown = Console(file=io.StringIO(), width=200)
        shown.print(status_view(bench.pool))
    waiting.result(PATIENCE_S)
    text = shown.file.getvalue()  # type: ignore[attr-defined]
    bench.end()
    assert text.startswith("A" * 20 + "BBBB" + "░" * 16 + "  60 of 100 MiB reserved")
    assert "big    waiting" in text
    assert "number 1: needs 80 MiB" in text
