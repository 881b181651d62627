"""Answers from the user's own documents: found, cited, shown to the model, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import StorageError
from core.graph import SARAiOrchestrator
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with, follow
from tests.ollama_emulator import OllamaEmulator

ROUTER = """# Casa

## Red

El router está en el pasillo.
La contraseña del wifi es «girasol-42».

## Caldera

La caldera se revisa cada octubre.
"""
GUIDE = """Field guide
===========

The heron nests in tall trees near the lake.
It eats fish and frogs.
"""
WIFI = "¿Cuál es la contraseña del wifi del router?"
HERON = "Where does the heron nest, near which trees and lake?"
TODAY = "¿Qué tiempo hace hoy en Madrid?"
TODAY_EN = "What is the weather in London today?"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "notas").mkdir()
    (folder / "notas" / "casa.md").write_text(ROUTER, encoding="utf-8")
    (folder / "guide.rst").write_text(GUIDE, encoding="utf-8")
    (folder / "binary.txt").write_bytes(b"wifi\0router")
    return folder


@pytest.fixture(scope="module")
def assistant(
    server: OllamaEmulator, documents: Path, module_folder: DataFolder
) -> Iterator[SARAiOrchestrator]:
    """Answers from documents with the model on the server, which records its prompts."""
    keys = {
        "ollama.base_url": server.base_url,
        "retrieval.folder": documents,
        "routing.text_variant_selection.rag.model": "solar_ollama",
    }
    with assistant_with(module_folder, keys) as opened:
        yield opened


def system_prompt(server: OllamaEmulator) -> str:
    """What the model was told last, before the question."""
    first: dict[str, Any] = server.requests("/api/chat")[-1].body["messages"][0]
    assert first["role"] == "system"
    return str(first["content"])


def test_a_spanish_question_is_answered_from_the_document_that_holds_it(
    assistant: SARAiOrchestrator, server: OllamaEmulator, documents: Path
) -> None:
    state = assistant.invoke(WIFI)
    assert state["scores"] is not None
    assert state["scores"]["doc_match"] > 0.5
    assert (state["route"], state["agent_used"]) == ("rag", "rag")
    assert (state["route_reason"] or "").startswith("doc_match ")
    assert (state["model_used"], state["language"]) == ("solar_ollama", "es")
    best = state["citations"][0]
    assert (best["number"], best["path"]) == (1, "notas/casa.md")
    lines = (documents / best["path"]).read_text(encoding="utf-8").splitlines()
    assert best["quote"] in "\n".join(lines[best["first_line"] - 1 : best["last_line"]])
    assert "girasol-42" in best["quote"]
    assert (state["rag_metadata"] or {})["passages"] == len(state["citations"])
    prompt = system_prompt(server)
    assert "Responde con estas fuentes" in prompt
    place = f"[1] notas/casa.md:{best['first_line']}-{best['last_line']} (Casa > Red)"
    assert place + "\n> " in prompt
    assert "> La contraseña del wifi es «girasol-42»." in prompt


def test_an_english_question_finds_the_english_document(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    state = assistant.invoke(HERON)
    assert (state["route"], state["language"]) == ("rag", "en")
    assert state["citations"][0]["path"] == "guide.rst"
    assert "heron nests in tall trees" in state["citations"][0]["quote"]
    assert "Answer from these sources" in system_prompt(server)


def test_a_question_about_something_else_does_not_go_to_the_documents(
    assistant: SARAiOrchestrator,
) -> None:
    state = assistant.invoke("Cuéntame un chiste de programadores")
    assert (state["route"], state["citations"], state["rag_metadata"]) == ("tiny", [], None)


@pytest.mark.parametrize(("question", "honest"), [(TODAY, "No puedo"), (TODAY_EN, "I cannot")])
def test_nothing_found_is_said_plainly_and_asks_no_model(
    assistant: SARAiOrchestrator, server: OllamaEmulator, question: str, honest: str
) -> None:
    so_far = len(server.requests("/api/chat"))
    seen = follow(assistant, question)
    state = seen.state
    assert (state["route"], state["agent_used"], state["model_used"]) == ("rag", "rag", None)
    assert (state["response"] or "").startswith(honest)
    assert "found nothing" in seen.text or "no he encontrado" in seen.text
    assert seen.text == state["response"]
    assert (state["usage"], state["citations"]) == (None, [])
    assert len(server.requests("/api/chat")) == so_far


def test_without_a_folder_the_refusal_says_so(orchestrator: SARAiOrchestrator) -> None:
    state = orchestrator.invoke(TODAY)
    assert (state["agent_used"], state["model_used"]) == ("rag", None)
    assert "retrieval.folder" in (state["response"] or "")


def test_asking_for_the_documents_takes_them_whatever_the_scores(
    assistant: SARAiOrchestrator,
) -> None:
    turn = {"input": "caldera", "retrieve_context": True}
    state = assistant.invoke(turn)
    assert (state["route"], state["agent_used"]) == ("rag", "rag")
    assert "octubre" in state["citations"][0]["quote"]
    assert assistant.invoke("caldera")["route"] != "rag"


def test_asking_for_documents_that_say_nothing_is_refused(assistant: SARAiOrchestrator) -> None:
    state = assistant.invoke({"input": "xilófono", "retrieve_context": True})
    assert (state["route"], state["model_used"]) == ("rag", None)
    assert "no he encontrado" in (state["response"] or "")


def test_asking_without_the_documents_does_not_look_into_them(
    assistant: SARAiOrchestrator,
) -> None:
    state = assistant.invoke({"input": WIFI, "retrieve_context": False})
    assert state["scores"] is not None
    assert state["scores"]["doc_match"] == 0.0
    assert (state["route"], state["citations"]) == ("expert", [])
    refused = assistant.invoke({"input": TODAY + " ¿Y el wifi?", "retrieve_context": False})
    assert (refused["route"], refused["model_used"], refused["citations"]) == ("rag", None, [])
    assert "se pidió no mirar" in (refused["response"] or "")


def test_asking_for_documents_without_a_folder_is_told(orchestrator: SARAiOrchestrator) -> None:
    seen = follow(orchestrator, {"input": "hola", "retrieve_context": True})
    assert seen.state["route"] == "tiny"
    assert any("retrieval.folder" in warning for warning in seen.state["warnings"])
    assert seen.warned == seen.state["warnings"]


def test_passages_of_the_caller_stand_in_for_documents(
    assistant: SARAiOrchestrator, server: OllamaEmulator
) -> None:
    passage = "En Madrid hoy llueve."
    state = assistant.invoke({"input": TODAY, "context": [passage]})
    assert (state["route"], state["model_used"]) == ("rag", "solar_ollama")
    assert (state["citations"], (state["rag_metadata"] or {})["passages"]) == ([], 0)
    assert f"Ten en cuenta:\n{passage}" in system_prompt(server)
    assert "Responde con estas fuentes" not in system_prompt(server)


def test_passages_of_the_caller_cost_prompt_tokens_of_any_model(
    orchestrator: SARAiOrchestrator,
) -> None:
    alone = orchestrator.invoke("hola")
    helped = orchestrator.invoke({"input": "hola", "context": ["El cielo es verde."]})
    assert alone["usage"] is not None
    assert helped["usage"] is not None
    assert helped["usage"]["prompt_tokens"] > alone["usage"]["prompt_tokens"]


def test_top_k_is_how_many_passages_are_used(
    server: OllamaEmulator, folder: DataFolder, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    for number in range(5):
        (tmp_path / "docs" / f"{number}.md").write_text(f"El faro número {number} tiene luz.\n")
    keys = {"retrieval.folder": tmp_path / "docs", "retrieval.top_k": 2}
    with assistant_with(folder, keys) as assistant:
        state = assistant.invoke({"input": "faro luz", "retrieve_context": True})
        assert [citation["number"] for citation in state["citations"]] == [1, 2]
    assert (state["rag_metadata"] or {})["passages"] == 2


def test_a_folder_that_is_gone_costs_its_documents_not_every_answer(
    folder: DataFolder, tmp_path: Path
) -> None:
    with assistant_with(folder, {"retrieval.folder": tmp_path / "gone"}) as assistant:
        state = assistant.invoke("hola")
        assert state["model_used"] == "self_test_tiny"
        assert any("retrieval.folder" in warning for warning in state["warnings"])
        with pytest.raises(StorageError, match="gone"):
            assistant.invoke({"input": "hola", "retrieve_context": True})
