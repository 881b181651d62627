"""Feelings on their way through the graph: prompt, stream, state, voice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.graph import SARAiOrchestrator
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with, follow
from tests.ollama_emulator import EmulatedModel, OllamaEmulator

SAD = "Estoy muy triste y me siento solo, mi perro ha muerto"
HELPLINE = "Llama ya al 024 o al +34 900 525 100. Respira 10 veces."


@pytest.fixture(scope="module")
def helpline() -> Iterator[OllamaEmulator]:
    """A model that makes telephone numbers up."""
    model = EmulatedModel("solar:10.7b", context_length=4096, reply=HELPLINE)
    with OllamaEmulator([model]) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def assistant(helpline: OllamaEmulator, module_folder: DataFolder) -> Iterator[SARAiOrchestrator]:
    keys: dict[str, object] = {
        "ollama.base_url": helpline.base_url,
        "routing.multimodal_variant_selection.empathy.model": "solar_ollama",
        "routing.text_variant_selection.tiny.model": "solar_ollama",
    }
    with assistant_with(module_folder, keys) as opened:
        yield opened


def system_prompt(server: OllamaEmulator) -> str:
    content = server.requests("/api/chat")[-1].body["messages"][0]["content"]
    assert isinstance(content, str)
    return content


def test_the_opening_is_in_prompt_stream_and_answer(
    assistant: SARAiOrchestrator, helpline: OllamaEmulator
) -> None:
    seen = follow(assistant, SAD)
    diff = seen.state["emotion_diff"]
    assert diff is not None
    assert seen.text == seen.state["response"] == diff["opening"] + HELPLINE
    assert diff["numbers_left_out"] == 0
    assert diff["opening"].strip() in system_prompt(helpline)
    assert seen.state["tone_style"] == "soft_support"


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("ya no quiero vivir, estoy muy triste", "número de emergencias de tu país"),
        ("I want to kill myself, I'm so alone", "emergency number of your country"),
    ],
)
def test_no_telephone_number_of_a_model_reaches_somebody_in_crisis(
    assistant: SARAiOrchestrator, text: str, instead: str
) -> None:
    turn = {"input": text, "thread_id": text}
    first = follow(assistant, turn)  # a whole answer that no model wrote
    assert first.text == first.state["response"]
    assert "emerg" in first.text
    assert (first.state["model_used"], first.state["emotion_diff"]) == (None, None)
    assert first.state["tone_style"] == "urgent_support"
    seen = follow(assistant, turn)
    diff = seen.state["emotion_diff"]
    assert diff is not None
    words = f"Llama ya al {instead} o al {instead}. Respira 10 veces."
    assert seen.text == seen.state["response"] == diff["opening"] + words
    assert diff["numbers_left_out"] == 2


@pytest.mark.parametrize("wish", [None, True])
def test_whoever_may_be_in_danger_is_never_told_that_it_cannot_be_known(
    assistant: SARAiOrchestrator, wish: bool | None
) -> None:
    words = "I want to kill myself, what is the latest way?"  # by its words a question to the web
    state = assistant.invoke({"input": words, "retrieve_context": wish})
    assert (state["route"], state["route_reason"]) == ("omni", "Somebody may be in danger.")
    assert "emergency" in (state["response"] or "")


def test_a_plain_question_has_no_diff_and_a_plain_voice(assistant: SARAiOrchestrator) -> None:
    state = assistant.invoke("¿Cuántos planetas hay?")
    assert state["emotion_diff"] is None
    assert state["response"] == HELPLINE
    assert state["prosody"] == {"rate": 1.0, "pitch": 1.0, "volume": 1.0}


def test_the_wished_language_overrides_the_users(assistant: SARAiOrchestrator) -> None:
    state = assistant.invoke({"input": SAD, "preferences": {"language": "en"}})
    assert (state["response"] or "").startswith("I'm so sorry")
    assert state["emotion"] is not None
    assert state["emotion"]["label"] == "sadness"


def test_a_conversation_in_rioplatense_stays_so(
    assistant: SARAiOrchestrator, helpline: OllamaEmulator
) -> None:
    thread = {"thread_id": "rioplatense"}
    assistant.invoke({**thread, "input": "che, ¿vos cómo te llamás?"})
    state = assistant.invoke({**thread, "input": "gracias"})
    assert state["spanish"] is not None
    assert state["spanish"]["variety"] == "es-AR"
    assert "Trátala de vos." in system_prompt(helpline)


def test_intensity_zero_notes_the_feeling_and_leaves_the_answer_alone(
    folder: DataFolder, helpline: OllamaEmulator
) -> None:
    keys: dict[str, object] = {
        "ollama.base_url": helpline.base_url,
        "routing.multimodal_variant_selection.empathy.model": "solar_ollama",
        "emotion.intensity": 0,
    }
    with assistant_with(folder, keys) as assistant:
        state = assistant.invoke(SAD)
    assert state["emotion"] is not None
    assert state["emotion"]["label"] == "sadness"
    assert state["response"] == HELPLINE
    assert "La persona" not in system_prompt(helpline)
