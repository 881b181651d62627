"""The models, requests and specs of these tests."""

from __future__ import annotations

from typing import Any

from core.engines.protocol import Completion, Engine, GenerationRequest, Message, Part, TextDelta
from core.engines.spec import EngineSpec
from tests.openai_emulator import EmulatedModel, OpenAIEmulator

WAIT_S = 5.0
KEY_VARIABLE = "SARAI_TEST_SERVER_KEY"
MODELS = [
    EmulatedModel("qwen3-4b"),
    EmulatedModel("thinker", thoughts="first let me think"),
    EmulatedModel("bare", reply="<think>a secret</think>\n\nLa respuesta es 4."),
    EmulatedModel("filtered", finish_reason="content_filter"),
    EmulatedModel("embedder", context_tokens=64),
]


def spec_for(server: OpenAIEmulator, remote_model: str = "qwen3-4b") -> EngineSpec:
    return EngineSpec(
        model="expert",
        engine="openai_http",
        context_tokens=2048,
        threads=2,
        remote_model=remote_model,
        base_url=server.base_url,
    )


def ask(*parts: Part, **settings: Any) -> GenerationRequest:
    return GenerationRequest((Message("user", parts),), **{"temperature": 0.0, **settings})


def text_of(items: list[TextDelta | Completion]) -> str:
    return "".join(item.text for item in items if isinstance(item, TextDelta))


def answer(engine: Engine, request: GenerationRequest) -> str:
    return text_of(list(engine.generate(request)))
