"""A new user's assistant: the embedded models alone, asked in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.graph import SARAiOrchestrator
from core.interfaces.opening import open_assistant
from core.settings import load_settings
from core.storage.folder import DataFolder
from tests.environments import NO_OLLAMA

DATA = Path(__file__).parents[1] / "data"
CIRCLE = DATA / "red_circle.png"
HOUSE = """# Casa

## Red

La contraseña del wifi es girasol-42.

## Garage

The spare key of the garage is behind the red flowerpot.
"""


@pytest.fixture(scope="module")
def assistant(
    module_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SARAiOrchestrator]:
    documents = tmp_path_factory.mktemp("documents")
    (documents / "casa.md").write_text(HOUSE, encoding="utf-8")
    environ = {**NO_OLLAMA, "SARAI__RETRIEVAL__FOLDER": str(documents)}
    with open_assistant(load_settings(environ=environ), module_folder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "colour"),
    [
        ("What colour is the circle?", "red"),
        ("What color is the shape?", "red"),
        ("¿De qué color es el círculo?", "rojo"),
        ("de que color es la figura", "roj"),
    ],
)
def test_the_colour_of_a_circle(assistant: SARAiOrchestrator, question: str, colour: str) -> None:
    state = assistant.invoke({"input": question, "image_path": str(CIRCLE)})
    assert state["model_used"] == "nano_vision"
    assert colour in (state["response"] or "").lower()


def test_what_was_said_before_does_not_confuse_it(assistant: SARAiOrchestrator) -> None:
    for words in ("hola, ¿qué tal?", "recuerda que mi perro se llama Luna", "gracias"):
        assistant.invoke({"input": words, "thread_id": "t"})
    for question, answer in (("¿cómo se llama mi perro?", "Luna"), ("¿cuánto es 12 más 30?", "42")):
        state = assistant.invoke({"input": question, "thread_id": "t"})
        assert state["model_used"] == "nano_text"
        assert answer in (state["response"] or "")


@pytest.mark.parametrize(
    ("recording", "heard", "language"),
    [
        ("spoken_seven_en.wav", "seven", "en"),
        ("spoken_siete_es.wav", "siete", "es"),
        ("spoken_turn_on_the_light_en.wav", "turn on the light", "en"),
        ("spoken_enciende_la_luz_es.wav", "enciende la luz", "es"),
    ],
)
def test_a_spoken_word_is_written_down_and_answered(
    assistant: SARAiOrchestrator, recording: str, heard: str, language: str
) -> None:
    state = assistant.invoke({"audio_input": str(DATA / recording)})
    assert (state["transcript"] or "").lower().strip(".") == heard
    assert state["language"] == language
    assert (state["model_used"], state["tried"]) == ("nano_audio", [])
    assert heard in (state["response"] or "").lower()


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("How do I get the vision model?", "sarai models pull vision"),
        ("¿Cómo consigo el modelo de visión?", "sarai models pull vision"),
        ("hola", "hola"),
        ("Hello!", "hello"),
        ("¿Cuánto es 7 + 5?", "12"),
        ("Write a poem about the sea in the style of Lorca", "sarai models pull"),
        ("Traduce esta frase al alemán", "sarai models pull"),
    ],
)
def test_what_the_text_model_answers(
    assistant: SARAiOrchestrator, question: str, part: str
) -> None:
    state = assistant.invoke(question)
    assert state["model_used"] == "nano_text"
    assert part in (state["response"] or "").lower()


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("¿Cuál es la contraseña del wifi?", "girasol-42"),
        ("Where is the spare key of the garage?", "the red flowerpot"),
    ],
)
def test_a_question_on_a_document_is_answered_in_the_documents_words(
    assistant: SARAiOrchestrator, question: str, part: str
) -> None:
    state = assistant.invoke(question)
    assert (state["route"], state["model_used"], state["tried"]) == ("rag", None, [])
    assert state["usage"] is None
    assert part in (state["response"] or "").lower()
    assert "» [1]" in (state["response"] or "")
    assert state["citations"][0]["path"].endswith("casa.md")
