"""The asynchronous entry points: the same turns, never blocking the loop."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.cancellation import Cancellation
from core.errors import InvalidInput, MediaError
from core.events import Final, Token
from core.graph import SARAiOrchestrator


def test_both_do_what_the_blocking_ones_do(orchestrator: SARAiOrchestrator) -> None:
    async def both() -> tuple[str | None, list[object]]:
        state = await orchestrator.ainvoke("hola")
        return state["response"], [event async for event in orchestrator.astream("hola")]

    response, events = asyncio.run(both())
    final = events[-1]
    assert isinstance(final, Final)
    assert final.state["response"] == response


def test_a_finished_stream_leaves_the_cancellation_alone(orchestrator: SARAiOrchestrator) -> None:
    async def whole(cancel: Cancellation) -> None:
        async for _ in orchestrator.astream("hola", cancel=cancel):
            pass

    cancel = Cancellation()
    asyncio.run(whole(cancel))
    assert not cancel.cancelled


def test_leaving_early_stops_the_model(orchestrator: SARAiOrchestrator) -> None:
    async def leave(cancel: Cancellation) -> None:
        stream = orchestrator.astream("hola", cancel=cancel)
        async for event in stream:
            if isinstance(event, Token):
                break
        await stream.aclose()  # type: ignore[attr-defined]  # a generator behind AsyncIterator

    cancel = Cancellation()
    asyncio.run(leave(cancel))
    assert cancel.cancelled
    assert orchestrator.invoke("hola")["finish_reason"] == "stop"


def test_turns_run_side_by_side_on_one_loop(orchestrator: SARAiOrchestrator) -> None:
    async def together() -> list[str | None]:
        questions = ("hola", "¿Cómo configuro SSH en Ubuntu?", "hello")
        turns = [orchestrator.ainvoke(question) for question in questions]
        return [state["model_used"] for state in await asyncio.gather(*turns)]

    assert asyncio.run(together()) == ["self_test_tiny", "self_test_expert", "self_test_tiny"]


def test_errors_arrive_where_they_are_awaited(
    orchestrator: SARAiOrchestrator, tmp_path: Path
) -> None:
    async def ask(turn: dict[str, str]) -> None:
        async for _ in orchestrator.astream(turn):
            pass

    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"not a picture")
    with pytest.raises(InvalidInput, match="image_path"):
        asyncio.run(ask({"image_pth": "x"}))
    with pytest.raises(MediaError):
        asyncio.run(ask({"image_path": str(damaged)}))


def test_cancelling_the_task_stops_the_answer(orchestrator: SARAiOrchestrator) -> None:
    async def abandon(cancel: Cancellation) -> None:
        task = asyncio.create_task(orchestrator.ainvoke("hola", cancel=cancel))
        await asyncio.sleep(0)  # lets it begin
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    cancel = Cancellation()
    asyncio.run(abandon(cancel))
    assert cancel.cancelled
