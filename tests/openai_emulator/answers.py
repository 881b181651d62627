"""The JSON that OpenAI-compatible servers answer with, made from emulated models.

Source: "Chat", "Embeddings" and "Models" of OpenAI's API reference; for the fields that
llama.cpp adds, tools/server/server-task.cpp of ggml-org/llama.cpp.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from tests.openai_emulator.dialects import Dialect
from tests.openai_emulator.models import EmulatedModel, count_message_tokens, split_tokens

_CREATED = 1_760_000_000
_TOKEN_MS = 2.0


def model_list(models: Sequence[EmulatedModel], dialect: Dialect) -> dict[str, Any]:
    """llama.cpp and vLLM tell the context, each by a field of its own."""
    return {"object": "list", "data": [_entry(model, dialect) for model in models]}


def _entry(model: EmulatedModel, dialect: Dialect) -> dict[str, Any]:
    entry = {"id": model.name, "object": "model", "created": _CREATED, "owned_by": "emulator"}
    if dialect == "llama.cpp":
        meta = {"n_ctx": model.context_tokens, "n_ctx_train": 2**17}
        return {**entry, "owned_by": "llamacpp", "meta": meta}
    if dialect == "vllm":
        return {**entry, "root": model.name, "max_model_len": model.context_tokens}
    return entry


def embeddings(name: str, vectors: Sequence[Sequence[float]], tokens: int) -> dict[str, Any]:
    """The last first: the order is told by the indices alone."""
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "model": name, "data": data[::-1], "usage": usage}


@dataclass(frozen=True)
class Chat:
    """One chat, decided before its first token is sent."""

    model: str
    thoughts: list[str]
    tokens: list[str]
    prompt_tokens: int
    finish_reason: str
    include_usage: bool
    timings: bool
    top_logprobs: int = 0

    @classmethod
    def prepare(cls, model: EmulatedModel, body: dict[str, Any], *, timings: bool) -> Self:
        prompt_tokens = count_message_tokens(body["messages"])
        stops = body.get("stop") or ()
        text = _until_stop(model.answer(body), [stops] if isinstance(stops, str) else stops)
        tokens = split_tokens(text)
        limit = body.get("max_completion_tokens") or body.get("max_tokens") or sys.maxsize
        limit = min(limit, model.context_tokens - prompt_tokens)
        return cls(
            model=body["model"],
            thoughts=split_tokens(model.thoughts),
            tokens=tokens[:limit],
            prompt_tokens=prompt_tokens,
            finish_reason="length" if limit < len(tokens) else model.finish_reason,
            include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
            timings=timings,
            top_logprobs=body.get("top_logprobs", 0) if model.structured else 0,
        )

    def chunks(self) -> Iterator[dict[str, Any]]:
        """The stream: the role, thoughts, tokens, the reason, and the figures if asked for."""
        yield self._chunk({"role": "assistant", "content": None})
        for thought in self.thoughts:
            yield self._chunk({"reasoning_content": thought})
        for token in self.tokens:
            chunk = self._chunk({"content": token})
            if self.top_logprobs:
                chunk["choices"][0]["logprobs"] = {"content": [self._logprob(token)]}
            yield chunk
        end = self._chunk({}, self.finish_reason)
        figures = self._timings() if self.timings else {}
        if self.include_usage:
            yield end
            yield {**end, "choices": [], "usage": self._usage(), **figures}
        else:
            yield {**end, **figures}

    def _logprob(self, token: str) -> dict[str, Any]:
        likely, other = (
            {"token": text, "logprob": logprob, "bytes": list(text.encode())}
            for text, logprob in ((token, -0.1), (" other", -3.0))
        )
        return {**likely, "top_logprobs": [likely, other][: self.top_logprobs]}

    def whole(self) -> dict[str, Any]:
        """The answer in one piece."""
        message = {"role": "assistant", "content": "".join(self.tokens)}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        head = {"id": "chatcmpl-1", "created": _CREATED, "model": self.model}
        return {
            **head,
            "object": "chat.completion",
            "choices": [{**choice, "logprobs": None}],
            "usage": self._usage(),
        }

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": _CREATED,
            "model": self.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        }

    def _usage(self) -> dict[str, Any]:
        generated = len(self.thoughts) + len(self.tokens)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": generated,
            "total_tokens": self.prompt_tokens + generated,
            "prompt_tokens_details": {"cached_tokens": 3},
        }

    def _timings(self) -> dict[str, Any]:
        generated = len(self.thoughts) + len(self.tokens)
        return {
            "timings": {
                "cache_n": 3,
                "prompt_n": self.prompt_tokens - 3,
                "prompt_ms": _TOKEN_MS * (self.prompt_tokens - 3),
                "predicted_n": generated,
                "predicted_ms": _TOKEN_MS * generated,
            }
        }


def _until_stop(text: str, stops: Sequence[str]) -> str:
    return text[: min((text.index(stop) for stop in stops if stop in text), default=len(text))]
