"""What every engine offers, whatever runs the weights.

Owns the request and answer types and the `Engine` protocol; knows nothing of routing,
prompts or memory. An engine serves one loaded model; callers from several threads are
answered at once or one after the other, as it can.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.cancellation import Cancellation
from core.engines.spec import EngineSpec
from core.media.content import AudioClip, RgbImage

Role = Literal["system", "user", "assistant", "tool"]
Part = str | RgbImage | AudioClip
JsonSchema = Mapping[str, Any]
"""A JSON schema (draft 2020-12) as Python values."""
FinishReason = Literal["stop", "length", "cancelled"]
LoadProgress = Callable[[float], None]
"""Called with the loaded fraction, 0 to 1, while a model loads."""
MAX_TOP_LOGPROBS = 20


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may ask the caller to run.

    Args:
        name: letters, digits, `_` and `-`, at most 64; not "auto", "none" or "required".
        description: for the model, when and how to use it.
        parameters: the JSON schema of an object, with a property for each parameter.
    """

    name: str
    description: str
    parameters: JsonSchema


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for `name` to be run. `id` pairs it with its result; the engine makes
    it up where the model gives none."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation: text and media in the order the model should see them.

    Args:
        tool_calls: what an assistant asked for in this turn, after its text.
        tool_name, tool_call_id: whose result a message of role "tool" is.
    """

    role: Role
    parts: tuple[Part, ...]
    tool_calls: tuple[ToolCall, ...] = ()
    tool_name: str = ""
    tool_call_id: str = ""

    @classmethod
    def text(cls, role: Role, text: str) -> Message:
        return cls(role, (text,))

    @classmethod
    def tool_result(cls, call: ToolCall, text: str) -> Message:
        """What running `call` gave."""
        return cls("tool", (text,), tool_name=call.name, tool_call_id=call.id)


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A chat request. `temperature` 0 is greedy; `seed` None draws a fresh one.

    At most one of `json_schema`, `grammar` and `tools` may be set, and none of the first two
    together with `stop`.

    Args:
        json_schema: an answer that ends by itself (finish_reason "stop") is JSON of it.
        grammar: GBNF, llama.cpp's notation; an answer that ends by itself is a sentence of
            its rule `root`.
        tools: what the model may ask for, as `Completion.tool_calls`.
        tool_choice: "auto" leaves it to the model, "none" forbids, "required" makes it call
            one, and the name of a tool makes it call that one.
        top_logprobs: how many alternatives to tell for each token of the answer, at most
            MAX_TOP_LOGPROBS; 0 tells no log-probabilities at all.
    """

    messages: tuple[Message, ...]
    max_tokens: int = 512
    temperature: float = 0.7
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: JsonSchema | None = None
    grammar: str = ""
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    top_logprobs: int = 0


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
class TokenLogprob:
    """One token of an answer and how likely the model found it.

    Args:
        text: what the token writes; U+FFFD where it is not a whole character.
        logprob: natural logarithm of its probability among all tokens, before temperature,
            `top_p` and grammar.
        top: the likeliest tokens in its place, the likeliest first, with theirs.
    """

    text: str
    logprob: float
    top: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """The last item of every generation.

    Args:
        tool_calls: what the model asks for; its text in the deltas comes before them.
        logprobs: one for each token of the answer, when the request asked for them.
        problem: what of the answer could not be understood as a tool call, and why; the
            deltas then hold it as text. Empty when all is well.
    """

    finish_reason: FinishReason
    usage: Usage
    tool_calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the loaded model takes and gives.

    Args:
        json_schema, grammar, tools, logprobs: which settings of a request it heeds; the
            others it refuses with ModelLacksModality.
        rerank: whether it scores documents; such a model does nothing else.
        word_vectors: whether an embedding model also gives vectors of words.
    """

    chat: bool = True
    vision: bool = False
    audio: bool = False
    embeddings: bool = False
    json_schema: bool = False
    grammar: bool = False
    tools: bool = False
    logprobs: bool = False
    rerank: bool = False
    word_vectors: bool = False


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
            InvalidInput: a schema, grammar or tool that cannot be used; `key` names it.
            ModelLacksModality: when a message holds media that the model cannot take, or the
                request a setting that it cannot heed.
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

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """What the model's input table holds of each word: sums of tokens, L2-normalised.

        Shape (len(words), any width), in input order; zeros for a word without direction.
        Nothing is evaluated, so that a thousand words take some milliseconds.

        Raises:
            ModelLacksModality: when `capabilities.word_vectors` is False.
        """
        ...

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        """How well each document answers `query`, shape (len(documents),), in input order.

        Higher is better; the scale is the model's own.

        Raises:
            ModelLacksModality: when the model is no reranker.
            ContextOverflow: when the query with one document is longer than the context.
        """
        ...

    def alive(self) -> bool:
        """Whether the engine can still answer; False after a crash or `close`."""
        ...

    def watch(self, died: Callable[[], None]) -> None:
        """Call `died` once, on a thread of the engine's, when it ends without `close`.

        At once when it has. An engine on a server never calls: only a request finds out.
        """
        ...

    def set_threads(self, threads: int) -> None:
        """Evaluate with so many threads from the next step on; a server is not told."""
        ...

    def memory_mb(self) -> float | None:
        """Resident memory in MiB held on this machine for the model; None when unknown."""
        ...

    def peak_memory_mb(self) -> float | None:
        """The most that `memory_mb` ever was since the model was opened; None when unknown."""
        ...

    def device_memory_mb(self) -> float | None:
        """MiB of GPUs' memory allocated for the model, as the engine knows; None when it does
        not know, or there are none."""
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
