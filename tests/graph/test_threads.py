"""Conversations: remembered by name, kept small, told when turns do not fit."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from core.errors import ContextOverflow, StorageError
from core.events import Final, Token
from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import Settings, load_settings
from core.storage.folder import DataFolder
from tests.environments import ON_SELF_TEST
from tests.kept_engines import open_kept

CHECKPOINT_LIMIT_BYTES = 200_000


@pytest.fixture
def assistant(settings: Settings, folder: DataFolder) -> Iterator[SARAiOrchestrator]:
    pool = ModelPool(settings, folder, open_engine=open_kept)
    with SARAiOrchestrator(pool=pool, preload=False) as assistant:
        yield assistant


def test_a_thread_remembers_and_a_turn_without_one_does_not(assistant: SARAiOrchestrator) -> None:
    first = assistant.invoke({"input": "hola", "thread_id": "t"})
    second = assistant.invoke({"input": "hello", "thread_id": "t"})
    alone = assistant.invoke("hello")
    assert [turn["user"] for turn in second["history"]] == ["hola", "hello"]
    assert second["history"][0]["assistant"] == first["response"]
    assert [turn["user"] for turn in alone["history"]] == ["hello"]
    assert second["usage"] is not None
    assert alone["usage"] is not None
    assert second["usage"]["prompt_tokens"] > alone["usage"]["prompt_tokens"]


def test_a_turn_that_shows_no_language_keeps_that_of_the_thread(
    assistant: SARAiOrchestrator,
) -> None:
    assistant.invoke({"input": "What is the weather like?", "thread_id": "t"})
    assert assistant.invoke({"input": "42", "thread_id": "t"})["language"] == "en"
    assert assistant.invoke("42")["language"] == "es"


def test_a_thread_outlives_the_process(settings: Settings, folder: DataFolder) -> None:
    for _ in range(2):
        pool = ModelPool(settings, folder, open_engine=open_kept)
        with SARAiOrchestrator(pool=pool, preload=False) as assistant:
            state = assistant.invoke({"input": "hola", "thread_id": "t"})
    assert len(state["history"]) == 2


def test_the_picture_of_one_turn_does_not_leak_into_the_next(
    assistant: SARAiOrchestrator, samples: Path
) -> None:
    assistant.invoke({"image_path": str(samples / "red.png"), "thread_id": "t"})
    state = assistant.invoke({"input": "hola", "thread_id": "t"})
    assert (state["input_type"], state["image_path"]) == ("text", None)
    assert state["transcript"] is None


def test_only_the_history_of_the_newest_turn_is_kept(
    assistant: SARAiOrchestrator, samples: Path
) -> None:
    """Not a checkpoint for each turn, nor the rest of the state, nor media."""
    data = (samples / "red.png").read_bytes()
    for _ in range(3):
        assistant.invoke({"image_path": data, "system_prompt": "Sé breve.", "thread_id": "t"})
    path = assistant.services.folder.checkpoints
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, checkpoint FROM checkpoints").fetchall()
        (writes,) = connection.execute("SELECT count(*) FROM writes").fetchone()
    assert (len(rows), writes) == (1, 0)
    kept = JsonPlusSerializer().loads_typed(rows[0])["channel_values"]
    assert set(kept) == {"history"}
    assert len(kept["history"]) == 3
    assert len(rows[0][1]) < CHECKPOINT_LIMIT_BYTES


def bytes_on_disk(folder: DataFolder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.root.glob("*") if path.is_file())


def test_store_memory_false_leaves_no_trace(assistant: SARAiOrchestrator) -> None:
    assistant.invoke({"input": "hola calamar", "thread_id": "t"})
    turn = {"input": "mi secreto", "thread_id": "t", "store_memory": False}
    state = assistant.invoke(turn)
    assert [past["user"] for past in state["history"]] == ["hola calamar"]
    again = assistant.invoke({"input": "hola", "thread_id": "t"})
    assert [past["user"] for past in again["history"]] == ["hola calamar", "hola"]
    kept = bytes_on_disk(assistant.services.folder)
    assert b"calamar" in kept
    assert b"secreto" not in kept


def test_a_forgotten_thread_is_gone_to_the_last_byte(assistant: SARAiOrchestrator) -> None:
    folder = assistant.services.folder
    for thread in ("t", "other"):
        assistant.invoke({"input": f"calamar de {thread}", "thread_id": thread})
    assert b"calamar de t" in bytes_on_disk(folder)
    assistant.forget("t")
    assert b"calamar de t" not in bytes_on_disk(folder)
    assert len(assistant.invoke({"input": "hola", "thread_id": "t"})["history"]) == 1
    assert len(assistant.invoke({"input": "hola", "thread_id": "other"})["history"]) == 2


def test_a_turn_that_fails_leaves_the_thread_as_it_was(assistant: SARAiOrchestrator) -> None:
    turn = {"thread_id": "t", "preferences": {"model": "self_test_tiny"}}
    assistant.invoke({**turn, "input": "uno"})
    with pytest.raises(ContextOverflow):
        assistant.invoke({**turn, "input": "palabra " * 20_000})
    with closing(sqlite3.connect(assistant.services.folder.checkpoints)) as connection:
        assert connection.execute("SELECT count(*) FROM writes").fetchone() == (0,)
    state = assistant.invoke({**turn, "input": "dos"})
    assert [past["user"] for past in state["history"]] == ["uno", "dos"]
    assert next(iter(state["timings_ms"])) == "detect_input_type"


def test_two_turns_of_one_thread_at_once_are_both_remembered(
    assistant: SARAiOrchestrator,
) -> None:
    assistant.invoke({"input": "uno", "thread_id": "t"})
    slow = assistant.stream({"input": "dos", "thread_id": "t"})
    while not isinstance(next(slow), Token):
        pass
    assistant.invoke({"input": "tres", "thread_id": "t"})
    *_, last = slow
    assert isinstance(last, Final)
    state = assistant.invoke({"input": "cuatro", "thread_id": "t"})
    assert [past["user"] for past in state["history"]] == ["uno", "tres", "dos", "cuatro"]


def test_a_conversation_that_cannot_be_saved_costs_no_answer(
    assistant: SARAiOrchestrator,
) -> None:
    assistant.invoke({"input": "uno", "thread_id": "t"})
    events = assistant.stream({"input": "dos", "thread_id": "t"})
    while not isinstance(next(events), Token):
        pass
    with closing(sqlite3.connect(assistant.services.folder.checkpoints)) as connection:
        connection.execute("DROP TABLE checkpoints")
    *_, last = events
    assert isinstance(last, Final)
    assert (last.state["response"] or "").startswith("self-test reply")
    assert any("does not remember this turn" in warning for warning in last.state["warnings"])
    with pytest.raises(StorageError, match="cannot be read"):
        assistant.invoke({"input": "tres", "thread_id": "t"})
    assert assistant.invoke("sin hilo")["response"]


def test_a_damaged_file_is_an_error_before_anything_runs(assistant: SARAiOrchestrator) -> None:
    assistant.services.folder.checkpoints.write_text("no database " * 500)
    with pytest.raises(StorageError, match="cannot be opened"):
        assistant.stream({"input": "hola", "thread_id": "t"})


def test_turns_that_do_not_fit_are_left_out_and_told(folder: DataFolder) -> None:
    settings = load_settings(
        environ={**ON_SELF_TEST, "SARAI__MODELS__SELF_TEST_TINY__CONTEXT_LENGTH": "512"}
    )
    pool = ModelPool(settings, folder, open_engine=open_kept)
    with SARAiOrchestrator(pool=pool, preload=False) as assistant:
        turn = {"input": "hola " * 40, "thread_id": "t", "preferences": {"max_tokens": 64}}
        warnings = [assistant.invoke(turn)["warnings"] for _ in range(6)]
    assert not any("earlier turns" in warning for warning in warnings[0])
    assert any("earlier turns" in warning for warning in warnings[-1])
