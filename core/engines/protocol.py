"""What every engine offers, whatever runs the weights.

Owns the request and answer types and the `Engine` protocol; knows nothing of routing,
prompts or memory. An engine serves one loaded model; callers from several threads are
answered one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.cancellation import Cancellation
from core.media.content import AudioClip, RgbImage

Role = Literal["system", "user", "assistant"]
Part = str | RgbImage | AudioClip
FinishReason = Literal["stop", "length", "cancelled"]
KvCacheType = Literal["f16", "q8_0", "q4_0"]
LoadProgress = Callable[[float], None]
"""Called with the loaded fraction, 0 to 1, while a model loads."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation: text and media in the order the model should see them."""

    role: Role
    parts: tuple[Part, ...]

    @classmethod
    def text(cls, role: Role, text: str) -> Message:
        return cls(role, (text,))


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A chat request. `temperature` 0 is greedy; `seed` None draws a fresh one."""

    messages: tuple[Message, ...]
    max_tokens: int = 512
    temperature: float = 0.7
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer; never empty, never half a character."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What one generation cost. `reused_tokens` of the prompt came from the prefix cache."""

    prompt_tokens: int
    completion_tokens: int
    reused_tokens: int = 0
    prompt_ms: float = 0.0
    completion_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Completion:
    """The last item of every generation."""

    finish_reason: FinishReason
    usage: Usage


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the loaded model takes and gives."""

    chat: bool = True
    vision: bool = False
    audio: bool = False
    embeddings: bool = False


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """All that an engine needs to open one model; the pool fills it from the configuration.

    For `llama`: `gguf_path` and, for images or audio, `mmproj_path`. For `ollama`:
    `remote_model`, `base_url` and the timeouts; `read_timeout_s` is how long the server may
    stay silent, and loading a large model from a slow disk takes minutes. `log_path`
    receives a worker's stderr. `context_tokens` is the model's whole context, prompt and
    answer together.
    """

    model: str
    engine: str
    context_tokens: int
    threads: int
    gguf_path: Path | None = None
    mmproj_path: Path | None = None
    remote_model: str = ""
    base_url: str = ""
    connect_timeout_s: float = 0.5
    read_timeout_s: float = 300.0
    gpu_layers: int = 0
    embeddings: bool = False
    kv_cache_type: KvCacheType = "f16"
    image_max_tokens: int = 1280
    log_path: Path | None = None


class Engine(Protocol):
    """One loaded model."""

    @property
    def model(self) -> str:
        """The model's name in the configuration."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def context_tokens(self) -> int: ...

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None
    ) -> Generator[TextDelta | Completion, None, None]:
        """Stream an answer: any number of `TextDelta`, then exactly one `Completion`.

        Cancelling, or closing the iterator, stops the model; the first ends the stream
        with finish_reason "cancelled".

        Raises:
            ContextOverflow: before any token, when the prompt does not fit.
            ModelLacksModality: when a message holds media that the model cannot take.
            EngineCrashed, EngineFailed: also in the middle of a stream.
        """
        ...

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Prompt tokens of `messages` as `generate` would see them, media included."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """L2-normalised embeddings, shape (len(texts), dimensions), in input order.

        Raises:
            ModelLacksModality: when the model was not opened for embeddings.
            ContextOverflow: when one text is longer than the context.
        """
        ...

    def alive(self) -> bool:
        """Whether the engine can still answer; False after a crash or `close`."""
        ...

    def memory_mb(self) -> float | None:
        """Resident memory in MiB held on this machine for the model; None when unknown."""
        ...

    def close(self) -> None:
        """Unload and free everything; safe to call twice."""
        ...


class OpenEngine(Protocol):
    """Opens a model: `core.engines.table.open_engine`, or a fake in the pool's tests."""

    def __call__(
        self,
        spec: EngineSpec,
        *,
        progress: LoadProgress | None = None,
        cancel: Cancellation | None = None,
    ) -> Engine: ...
