"""The same question again: which answers are given a second time, and which never."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.events import Final, NodeFinished, NodeStarted, Token
from core.graph import SARAiOrchestrator
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with, follow
from tests.ollama_emulator import EmulatedModel, OllamaEmulator

QUESTION = "¿Qué es un faro?"
ANSWER = "Un faro es una torre con una luz."
NAMES = ("tiny", "expert", "rag")


@pytest.fixture
def server() -> Iterator[OllamaEmulator]:
    models = [EmulatedModel("solar:10.7b", context_length=4096, reply=ANSWER)]
    with OllamaEmulator(models) as emulator:
        yield emulator


def keys_for(server: OllamaEmulator, temperature: float = 0.0) -> dict[str, object]:
    chosen = {f"routing.text_variant_selection.{name}.model": "solar_ollama" for name in NAMES}
    return {
        "ollama.base_url": server.base_url,
        "generation.temperature": temperature,
        "routing.multimodal_variant_selection.empathy.model": "solar_ollama",
        **chosen,
    }


@pytest.fixture
def assistant(folder: DataFolder, server: OllamaEmulator) -> Iterator[SARAiOrchestrator]:
    with assistant_with(folder, keys_for(server)) as opened:
        yield opened


def asked(server: OllamaEmulator) -> int:
    return len(server.requests("/api/chat"))


def wishing(**preferences: object) -> dict[str, Any]:
    return {"input": QUESTION, "preferences": preferences}


def test_the_same_question_gets_the_same_answer_without_a_model(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    first = follow(assistant, QUESTION)
    before = asked(server)
    again = follow(assistant, "  ¿qué es  un faro? ")
    assert (asked(server), again.text) == (before, ANSWER)
    assert first.state["cached_at"] is None
    assert again.state["cached_at"] is not None
    assert again.state["usage"] is None
    same = ("response", "model_used", "agent_used", "finish_reason", "citations", "route")
    for key in same:
        assert again.state[key] == first.state[key]  # type: ignore[literal-required]
    kinds = (NodeStarted, NodeFinished, Token, Final)
    assert {type(event) for event in again.events} == set(kinds)
    nodes = [
        [event.node for event in seen.events if isinstance(event, NodeStarted)]
        for seen in (first, again)
    ]
    assert nodes[0] == nodes[1]


@pytest.mark.parametrize(
    "other",
    [
        "¿Qué es un farol?",
        {"input": QUESTION, "system_prompt": "Sé breve."},
        {"input": QUESTION, "context": ["Los faros son altos."]},
        {"input": QUESTION, "user_id": "eva"},
        wishing(max_tokens=9),
        wishing(temperature=0.5),
        wishing(temperature=0.5, seed=7),
        wishing(cache=False),
    ],
)
def test_anything_else_is_another_question(
    assistant: SARAiOrchestrator, server: OllamaEmulator, other: Any
) -> None:
    assistant.invoke(QUESTION)
    before = asked(server)
    assert assistant.invoke(other)["cached_at"] is None
    assert asked(server) == before + 1


@pytest.mark.parametrize(
    "turn",
    [
        "¿Qué tiempo hace hoy?",
        "¿Cómo se llama mi gato?",
        "Estoy muy triste, se ha muerto mi perro",
        {"input": QUESTION, "store_memory": False},
    ],
)
def test_what_is_a_persons_own_or_passes_is_never_kept(
    assistant: SARAiOrchestrator, turn: Any
) -> None:
    forced: dict[str, Any] = {"input": turn} if isinstance(turn, str) else turn
    forced = {**forced, "preferences": {"cache": True}}
    assert [assistant.invoke(forced)["cached_at"] for _ in range(2)] == [None, None]
    assert not assistant.services.folder.answers.exists()


def test_the_conversation_counts(assistant: SARAiOrchestrator, server: OllamaEmulator) -> None:
    assistant.invoke(QUESTION)
    before = asked(server)
    first = assistant.invoke({"input": QUESTION, "thread_id": "a"})
    second = assistant.invoke({"input": QUESTION, "thread_id": "a"})
    assert (first["cached_at"] is None, second["cached_at"]) == (False, None)
    assert asked(server) == before + 1
    elsewhere = assistant.invoke({"input": QUESTION, "thread_id": "b"})
    assert elsewhere["history"] == [{"user": QUESTION, "assistant": ANSWER}]


def test_above_zero_only_where_it_is_asked_for(folder: DataFolder, server: OllamaEmulator) -> None:
    with assistant_with(folder, keys_for(server, 0.7)) as assistant:
        for _ in range(2):
            assert assistant.invoke(QUESTION)["cached_at"] is None
        for expected in (False, True):
            assert bool(assistant.invoke(wishing(cache=True))["cached_at"]) is expected
        for expected in (False, True):
            assert bool(assistant.invoke(wishing(seed=7))["cached_at"]) is expected
    with assistant_with(
        folder, {**keys_for(server, 0.7), "answer_cache.above_zero": True}
    ) as open_:
        assert open_.invoke(QUESTION)["cached_at"]
    with assistant_with(folder, {**keys_for(server), "answer_cache.enabled": False}) as closed:
        for _ in range(2):
            assert closed.invoke(wishing(cache=True))["cached_at"] is None


def test_a_new_answer_takes_the_place_of_the_old(folder: DataFolder) -> None:
    replies = iter(("una torre.", "una luz.", "nada."))
    for wanted in ("una torre.", "una luz."):
        model = EmulatedModel("solar:10.7b", context_length=4096, reply=next(replies))
        with (
            OllamaEmulator([model]) as server,
            assistant_with(folder, keys_for(server)) as assistant,
        ):
            assert assistant.invoke(wishing(cache=False))["response"] == wanted
            assert assistant.invoke(QUESTION)["cached_at"] is None or wanted
            assert assistant.invoke(QUESTION)["response"] == wanted


def test_an_answer_from_documents_follows_them(
    folder: DataFolder, server: OllamaEmulator, tmp_path: Path
) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "faro.md").write_text(ANSWER, encoding="utf-8")
    turn = {"input": QUESTION, "retrieve_context": True}
    keys = {**keys_for(server, 0.0), "retrieval.folder": documents}
    del keys["generation.temperature"]  # answers from documents are at 0 of their own
    with assistant_with(folder, keys) as assistant:
        assert assistant.invoke(turn)["cached_at"] is None
        again = assistant.invoke(turn)
        assert again["cached_at"]
        assert (again["citations"][0]["path"], again["response"]) == ("faro.md", ANSWER)
        assert (again["rag_metadata"] or {})["supported"] == 1
    (documents / "faro.md").write_text(ANSWER + " Y un espejo.", encoding="utf-8")
    with assistant_with(folder, keys) as assistant:
        assert assistant.invoke(turn)["cached_at"] is None


def test_a_damaged_store_costs_no_answer(assistant: SARAiOrchestrator) -> None:
    assistant.services.folder.answers.write_bytes(b"no database" * 100)
    for _ in range(2):
        state = assistant.invoke(QUESTION)
        assert (state["response"], state["cached_at"]) == (ANSWER, None)
