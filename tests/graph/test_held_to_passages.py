"""Answers from documents held against the passages that they cite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.graph import SARAiOrchestrator
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with, follow
from tests.ollama_emulator import EmulatedModel, OllamaEmulator
from tests.retrieval.injected import DOCUMENTS, Injected

CASA = """# Casa

La contraseña del wifi es «girasol-42».

La caldera se revisa cada octubre. La revisa el técnico Ramón Ibáñez.
"""
BOILER = "¿Cuándo se revisa la caldera?"
ASKED = {"input": BOILER, "retrieve_context": True}

Answering = Callable[[str], SARAiOrchestrator]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "casa.md").write_text(CASA, encoding="utf-8")
    return folder


@pytest.fixture
def answering(folder: DataFolder, documents: Path) -> Iterator[Answering]:
    """Opens an assistant whose model answers everything with the same words."""
    with ExitStack() as opened:

        def make(reply: str) -> SARAiOrchestrator:
            model = EmulatedModel("solar:10.7b", context_length=4096, reply=reply)
            server = opened.enter_context(OllamaEmulator([model]))
            keys = {
                "ollama.base_url": server.base_url,
                "retrieval.folder": documents,
                "routing.text_variant_selection.rag.model": "solar_ollama",
            }
            return opened.enter_context(assistant_with(folder, keys))

        yield make


def test_an_answer_that_its_passage_bears_out_stays(answering: Answering) -> None:
    seen = follow(answering("La caldera se revisa cada octubre [1]."), ASKED)
    assert seen.state["response"] == "La caldera se revisa cada octubre [1]."
    assert (seen.state["warnings"], seen.restarts) == ([], [])
    metadata = seen.state["rag_metadata"] or {}
    assert (metadata["claims"], metadata["supported"]) == (1, 1)


def test_a_sentence_that_it_does_not_bear_out_is_told(answering: Answering) -> None:
    reply = "La caldera se revisa cada octubre [1]. Cuesta 90 euros [1]."
    seen = follow(answering(reply), ASKED)
    assert seen.state["response"] == reply
    (warning,) = seen.state["warnings"]
    assert warning.endswith("Cuesta 90 euros.")


@pytest.mark.parametrize("reply", ["La caldera se revisa en mayo [1].", "Se revisa a las 3."])
def test_an_answer_without_any_support_gives_way_to_what_the_passages_say(
    answering: Answering, reply: str
) -> None:
    seen = follow(answering(reply), ASKED)
    response = seen.state["response"] or ""
    assert response.startswith("No tengo una respuesta que tus documentos sostengan.")
    assert response.endswith("«La caldera se revisa cada octubre.» [1]")
    assert seen.text == response
    assert len(seen.restarts) == 1
    assert seen.state["citations"]


def test_that_an_answer_was_cut_is_not_told_once_it_was_taken_back(answering: Answering) -> None:
    cut = {**ASKED, "preferences": {"max_tokens": 6}}
    kept = follow(answering("La caldera se revisa cada octubre, y se revisa con cuidado."), cut)
    assert "The answer was cut at 6 tokens." in kept.state["warnings"]
    seen = follow(answering("La caldera se revisa en mayo, creo yo, según dicen [1]."), cut)
    assert len(seen.restarts) == 1
    assert seen.state["warnings"] == []


def test_who_says_that_there_is_no_answer_is_believed(answering: Answering) -> None:
    seen = follow(answering("Los pasajes no responden a eso."), ASKED)
    said = "No lo he encontrado en tus documentos. Lo más cercano que dicen:\n"
    assert seen.state["response"] == f"{said}«La caldera se revisa cada octubre.» [1]"


def test_it_is_said_in_the_users_language(answering: Answering) -> None:
    asked = {"input": "When is the caldera checked by the técnico?", "retrieve_context": True}
    state = answering("It is checked in May [1].").invoke(asked)
    assert (state["response"] or "").startswith("I did not find this in your documents.")


def test_without_a_model_the_passages_themselves_are_the_answer(
    folder: DataFolder, documents: Path
) -> None:
    keys = {
        "retrieval.folder": documents,
        "routing.text_variant_selection.rag.model": "solar_ollama",
        "models.solar_ollama.fallback": "null",
    }
    with assistant_with(folder, keys) as assistant:
        seen = follow(assistant, ASKED)
    assert seen.text == seen.state["response"]
    assert "«La caldera se revisa cada octubre.» [1]" in seen.text
    assert (seen.state["model_used"], seen.state["agent_used"]) == (None, "rag")
    assert "La caldera" in seen.state["citations"][0]["quote"]
    assert any("127.0.0.1:9" in warning for warning in seen.state["warnings"])


QUOTED = "Esto es lo que dicen tus documentos:\n«La caldera se revisa cada octubre.» [1]"


def test_a_model_that_only_quotes_is_not_asked(folder: DataFolder, documents: Path) -> None:
    model = EmulatedModel("solar:10.7b", context_length=4096, reply="En mayo.")
    with OllamaEmulator([model]) as server:
        keys = {
            "ollama.base_url": server.base_url,
            "retrieval.folder": documents,
            "routing.text_variant_selection.rag.model": "solar_ollama",
            "models.solar_ollama.quotes_passages": True,
        }
        with assistant_with(folder, keys) as assistant:
            seen = follow(assistant, ASKED)
            told = assistant.invoke({**ASKED, "context": ["Hoy es lunes."], "input": "¿Qué día?"})
        asked = server.requests("/api/chat")
    assert (seen.text, seen.restarts, seen.state["warnings"]) == (QUOTED, [], [])
    assert (seen.state["model_used"], seen.state["usage"]) == (None, None)
    assert "La caldera" in seen.state["citations"][0]["quote"]
    assert seen.state["rag_metadata"] == {"passages": len(seen.state["citations"])}
    assert told["model_used"] == "solar_ollama"
    assert len(asked) == 1


def test_a_model_that_only_quotes_stands_in_for_one_that_fails(
    folder: DataFolder, documents: Path
) -> None:
    keys = {
        "retrieval.folder": documents,
        "routing.text_variant_selection.rag.model": "solar_ollama",
        "models.solar_ollama.fallback": "self_test_tiny",
        "models.self_test_tiny.quotes_passages": True,
    }
    with assistant_with(folder, keys) as assistant:
        state = assistant.invoke(ASKED)
    assert (state["response"], state["model_used"]) == (QUOTED, None)
    assert state["tried"] == ["solar_ollama"]
    assert any("127.0.0.1:9" in warning for warning in state["warnings"])


@pytest.mark.parametrize("reply", ["La revisa Ramón Ibáñez [1].", "Ramón Ibáñez [1]."])
def test_a_question_that_continues_is_searched_with_the_one_before(
    answering: Answering, reply: str
) -> None:
    assistant = answering(reply)
    assistant.invoke({**ASKED, "thread_id": "casa"})
    state = assistant.invoke({"input": "¿Y quién lo hace?", "thread_id": "casa"})
    assert state["route"] == "rag"
    assert "Ramón Ibáñez" in state["citations"][0]["quote"]
    assert state["response"] == reply


def test_a_file_that_changed_since_it_was_indexed_is_told(
    answering: Answering, tmp_path: Path
) -> None:
    other = tmp_path / "other.md"
    other.write_text("El buzón es verde.\n", encoding="utf-8")
    assistant = answering("El buzón es verde [1].")
    assistant.services.documents.index([other])
    asked = {"input": "¿De qué color es el buzón?", "retrieve_context": True}
    assert assistant.invoke(asked)["warnings"] == []
    other.write_text("El buzón es rojo.\n", encoding="utf-8")
    assert f"{other} has changed since it was indexed." in assistant.invoke(asked)["warnings"]


@pytest.mark.parametrize("injected", DOCUMENTS[::5], ids=lambda each: each.order[:30])
def test_who_obeys_a_document_is_not_heard(
    answering: Answering, documents: Path, injected: Injected
) -> None:
    (documents / "casa.md").write_text(injected.document, encoding="utf-8")
    seen = follow(answering(injected.obeyed), {"input": injected.asked, "retrieve_context": True})
    assert injected.obeyed not in seen.text
    assert seen.restarts
    assert any("orders to an assistant" in warning for warning in seen.state["warnings"])
