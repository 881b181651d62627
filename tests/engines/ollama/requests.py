"""The models, requests and specs of these tests."""

from __future__ import annotations

from typing import Any

from core.engines.protocol import Completion, Engine, GenerationRequest, Message, TextDelta
from core.engines.spec import EngineSpec
from core.media.content import AudioClip, RgbImage
from tests.ollama_emulator import (
    EmulatedModel,
    OllamaEmulator,
)

WAIT_S = 5.0
MODELS = [
    EmulatedModel("solar:10.7b", parameters='num_keep  24\nstop      "### User:"\nstop  "</s>"'),
    EmulatedModel(
        "caller:1b",
        capabilities=("completion", "tools"),
        reply="Miro.",
        calls=(("get_weather", {"city": "París", "days": 2}), ("clock", {})),
    ),
    EmulatedModel("llava:latest", capabilities=("completion", "vision")),
    EmulatedModel("qwen3:4b", capabilities=("completion", "thinking")),
    EmulatedModel("gpt-oss:20b", capabilities=("completion", "thinking"), always_thinks=True),
    EmulatedModel("bare:latest", reply="<think>a <b> secret</think>\n\nLa respuesta es 4."),
    EmulatedModel("less:latest", reply="<"),
    EmulatedModel("short:latest", context_length=64),
    EmulatedModel("nomic:latest", capabilities=("embedding",), context_length=64),
    EmulatedModel("big:120b-cloud", remote_host="https://ollama.com:443"),
]


def spec_for(server: OllamaEmulator, remote_model: str = "solar:10.7b") -> EngineSpec:
    return EngineSpec(
        model="expert",
        engine="ollama",
        context_tokens=2048,
        threads=2,
        remote_model=remote_model,
        base_url=server.base_url,
    )


def ask(*parts: str | RgbImage | AudioClip, **settings: Any) -> GenerationRequest:
    return GenerationRequest((Message("user", parts),), **{"temperature": 0.0, **settings})


def text_of(items: list[TextDelta | Completion]) -> str:
    return "".join(item.text for item in items if isinstance(item, TextDelta))


def answer(engine: Engine, request: GenerationRequest) -> str:
    return text_of(list(engine.generate(request)))
