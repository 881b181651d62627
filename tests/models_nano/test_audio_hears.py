"""The shipped audio model understands recordings, asked as the voice flow asks it."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from agents.omni import LISTENER, TRANSCRIBER
from benchmarks.nano.audio import ear
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import GenerationRequest, Message, Part
from core.errors import ContextOverflow
from core.media.audio import load_audio
from core.media.content import AUDIO_RATE_HZ, AudioClip
from core.nodes.process_voice import TRANSCRIBE
from core.settings import load_settings
from core.state import Language
from tests.engines.contract import answer

ROOT = Path(__file__).parents[2]
RECORDINGS = ROOT / "tests" / "data"
SPOKEN = {
    "spoken_seven_en.wav": "Seven.",
    "spoken_siete_es.wav": "Siete.",
    "spoken_turn_on_the_light_en.wav": "Turn on the light.",
    "spoken_enciende_la_luz_es.wav": "Enciende la luz.",
}


@pytest.fixture(scope="module")
def hearing() -> Iterator[LlamaEngine]:
    with ear(threads=1) as engine:
        yield engine


def transcript(engine: LlamaEngine, clip: AudioClip) -> str:
    return said(engine, TRANSCRIBER.system_prompt["en"], clip, TRANSCRIBE)


def said(engine: LlamaEngine, system: str, *parts: Part) -> str:
    messages = (Message.text("system", system), Message("user", parts))
    return answer(engine, GenerationRequest(messages, 40, temperature=0))[0]


def recording(name: str) -> AudioClip:
    return load_audio(RECORDINGS / name, load_settings().media)


@pytest.mark.parametrize(("name", "words"), SPOKEN.items())
def test_transcribes_both_languages(hearing: LlamaEngine, name: str, words: str) -> None:
    assert transcript(hearing, recording(name)) == words


@pytest.mark.parametrize("rate_hz", [8_000, 44_100])
def test_recordings_of_other_rates_are_understood(
    hearing: LlamaEngine, tmp_path: Path, rate_hz: int
) -> None:
    samples = recording("spoken_turn_on_the_light_en.wav").samples
    places = np.arange(0, len(samples), AUDIO_RATE_HZ / rate_hz)
    converted = np.interp(places, np.arange(len(samples)), samples)
    path = tmp_path / "converted.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.rint(converted * 32767).astype("<i2").tobytes())
    clip = load_audio(path, load_settings().media)
    assert transcript(hearing, clip) == "Turn on the light."


@pytest.mark.parametrize("seconds", [1, 3])
def test_hears_no_words_in_silence(hearing: LlamaEngine, seconds: int) -> None:
    silence = AudioClip(np.zeros(seconds * AUDIO_RATE_HZ, np.float32))
    assert not transcript(hearing, silence)


def test_hears_no_words_in_noise(hearing: LlamaEngine) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 2 * AUDIO_RATE_HZ).astype(np.float32)
    assert not transcript(hearing, AudioClip(noise))


@pytest.mark.parametrize(
    ("language", "text", "reply"),
    [
        ("en", "Seven.", "I heard: seven."),
        ("es", "Siete.", "He oído: siete."),
        ("en", "Turn on the light.", "I heard: turn on the light."),
        ("es", "Enciende la luz.", "He oído: enciende la luz."),
    ],
)
def test_answers_what_it_transcribed(
    hearing: LlamaEngine, language: Language, text: str, reply: str
) -> None:
    assert said(hearing, LISTENER.system_prompt[language], text) == reply


@pytest.mark.parametrize(
    ("language", "question", "reply"),
    [
        ("en", "What do you hear?", "I heard: seven."),
        ("es", "¿Qué número oyes?", "He oído: seven."),
    ],
)
def test_answers_a_question_about_a_recording(
    hearing: LlamaEngine, language: Language, question: str, reply: str
) -> None:
    clip = recording("spoken_seven_en.wav")
    assert said(hearing, LISTENER.system_prompt[language], clip, question) == reply


@pytest.mark.parametrize(
    ("language", "text", "limits"),
    [
        ("en", "My mother walks to the market.", "I did not understand"),
        ("es", "Mi madre va al mercado.", "No lo he entendido"),
    ],
)
def test_says_what_it_does_not_understand(
    hearing: LlamaEngine, language: Language, text: str, limits: str
) -> None:
    assert said(hearing, LISTENER.system_prompt[language], text).startswith(limits)


def test_recordings_that_are_too_long_are_refused(hearing: LlamaEngine) -> None:
    """Longer ones than it learnt from would turn into nonsense."""
    with pytest.raises(ContextOverflow):
        transcript(hearing, AudioClip(np.zeros(20 * AUDIO_RATE_HZ, np.float32)))
