"""The shipped audio files give the logits of the torch modules that they were written from.

`audio_logits.npz` is written by models/nano/audio/export.py from the weights before they were
quantised: 0.02 to 0.1 is what Q8_0 changes in logits that span 20 and more; a wrong mel filter,
position or activation changes them by more than 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.engines.llama.serving.chat_model import ChatModel
from core.engines.protocol import GenerationRequest, Message, Part
from core.engines.spec import EngineSpec
from core.media.audio import load_audio
from core.nodes.process_voice import TRANSCRIBE
from core.settings import load_settings

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "models" / "nano" / "weights"
RECORDINGS = ROOT / "tests" / "data"
TOLERANCE = 0.4


@pytest.fixture(scope="module")
def model() -> Iterator[ChatModel]:
    from llama_cpp import _utils as llama_cpp_files  # noqa: PLC0415  opens files on import

    opened = ChatModel(
        EngineSpec(
            model="nano_audio",
            engine="llama",
            context_tokens=256,
            threads=1,
            gguf_path=WEIGHTS / "audio.gguf",
            mmproj_path=WEIGHTS / "audio-mmproj.gguf",
        )
    )
    yield opened
    opened.close()
    llama_cpp_files.outnull_file.close()
    llama_cpp_files.errnull_file.close()


@pytest.fixture(scope="module")
def reference() -> dict[str, NDArray[np.float32]]:
    with np.load(Path(__file__).parent / "audio_logits.npz") as stored:
        return {name: stored[name] for name in stored.files}


def first_logits(model: ChatModel, *parts: Part) -> NDArray[np.float32]:
    request = GenerationRequest((Message("user", parts),), 1, temperature=0)
    list(model.generate(request))
    return model._model.logits().copy()  # no public way to see them


@pytest.mark.parametrize(
    "name",
    [
        "spoken_seven_en.wav",
        "spoken_siete_es.wav",
        "spoken_turn_on_the_light_en.wav",
        "spoken_enciende_la_luz_es.wav",
    ],
)
def test_recordings(model: ChatModel, reference: dict[str, NDArray[np.float32]], name: str) -> None:
    clip = load_audio(RECORDINGS / name, load_settings().media)
    found = first_logits(model, clip, TRANSCRIBE)
    np.testing.assert_allclose(found, reference[name], atol=TOLERANCE)
    assert found.argmax() == reference[name].argmax()


def test_texts(model: ChatModel, reference: dict[str, NDArray[np.float32]]) -> None:
    found = first_logits(model, "Seven.")
    np.testing.assert_allclose(found, reference["text"], atol=TOLERANCE)
