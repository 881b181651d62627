"""The JSON that Ollama answers with, made from emulated models."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from tests.ollama_emulator.models import (
    EmulatedModel,
    count_message_tokens,
    drop_oldest,
    split_tokens,
)

_TOKEN_NS = 2_000_000
_LOAD_NS = 5_000_000


def tag(model: EmulatedModel) -> dict[str, Any]:
    remote = {"remote_host": model.remote_host} if model.remote_host else {}
    return {
        "name": model.name,
        "model": model.name,
        "modified_at": _now(),
        "size": model.size_bytes,
        "digest": model.digest,
        "details": model.details,
        **remote,
    }


def process(model: EmulatedModel, context_tokens: int) -> dict[str, Any]:
    return {
        "name": model.name,
        "model": model.name,
        "size": model.size_bytes,
        "digest": model.digest,
        "details": model.details,
        "expires_at": _now(),
        "size_vram": 0,
        "context_length": context_tokens,
    }


def show(model: EmulatedModel) -> dict[str, Any]:
    remote = {"remote_host": model.remote_host} if model.remote_host else {}
    return {
        "modelfile": f"FROM {model.name}",
        "parameters": model.parameters,
        "template": "{{ .Prompt }}",
        "details": model.details,
        "model_info": {
            "general.architecture": "llama",
            "llama.context_length": model.context_length,
            "llama.embedding_length": model.embedding_length,
        },
        "capabilities": list(model.capabilities),
        "modified_at": _now(),
        **remote,
    }


def generate_end(name: str, reason: str) -> dict[str, Any]:
    return {
        "model": name,
        "created_at": _now(),
        "response": "",
        "done": True,
        "done_reason": reason,
    }


def embeddings(name: str, vectors: Sequence[Sequence[float]], tokens: int) -> dict[str, Any]:
    return {
        "model": name,
        "embeddings": vectors,
        "total_duration": tokens * _TOKEN_NS,
        "load_duration": _LOAD_NS,
        "prompt_eval_count": tokens,
    }


def pull_steps(model: EmulatedModel) -> list[dict[str, Any]]:
    layer = {
        "status": f"pulling {model.digest[:12]}",
        "digest": f"sha256:{model.digest}",
        "total": model.size_bytes,
    }
    return [
        {"status": "pulling manifest"},
        layer,
        {**layer, "completed": model.size_bytes // 2},
        {**layer, "completed": model.size_bytes},
        {"status": "verifying sha256 digest"},
        {"status": "writing manifest"},
        {"status": "success"},
    ]


@dataclass(frozen=True)
class Chat:
    """One chat, decided before its first token is sent."""

    model: str
    thoughts: list[str]
    tokens: list[str]
    prompt_tokens: int
    done_reason: str
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()

    @classmethod
    def prepare(
        cls, model: EmulatedModel, body: dict[str, Any], context_tokens: int
    ) -> Self | None:
        """None when the prompt is too long and must not be cut."""
        messages, options = body["messages"], body["options"]
        for message in messages:
            for image in message.get("images") or ():
                base64.b64decode(image, validate=True)
        if count_message_tokens(messages) > context_tokens:
            if body.get("truncate") is False:
                return None
            messages = drop_oldest(messages, context_tokens)
        prompt_tokens = count_message_tokens(messages)
        room = context_tokens - prompt_tokens if body.get("shift") is False else None
        answer = model.answer(messages, options, body.get("format") or "")
        text = _until_stop(answer, options.get("stop") or ())
        tokens = split_tokens(text)
        limit = min(_limit(options.get("num_predict")), _limit(room), len(tokens))
        return cls(
            model=body["model"],
            thoughts=split_tokens(model.thoughts) if _thinks(model, body.get("think")) else [],
            tokens=tokens[:limit],
            prompt_tokens=prompt_tokens,
            done_reason="length" if limit < len(tokens) else "stop",
            calls=model.calls if body.get("tools") else (),
        )

    def lines(self) -> Iterator[dict[str, Any]]:
        """The stream: thoughts, tokens, and the line with the figures."""
        for thought in self.thoughts:
            yield self._line({"role": "assistant", "content": "", "thinking": thought})
        for token in self.tokens:
            yield self._line({"role": "assistant", "content": token})
        if self.calls:
            yield self._line({"role": "assistant", "content": "", **self._tool_calls()})
        yield self._end({"role": "assistant", "content": ""})

    def whole(self) -> dict[str, Any]:
        """The answer in one piece."""
        message = {"role": "assistant", "content": "".join(self.tokens)}
        thinking = {"thinking": "".join(self.thoughts)} if self.thoughts else {}
        return self._end({**message, **thinking, **self._tool_calls()})

    def _tool_calls(self) -> dict[str, Any]:
        calls = [
            {"function": {"name": name, "arguments": arguments}} for name, arguments in self.calls
        ]
        return {"tool_calls": calls} if calls else {}

    def _line(self, message: dict[str, Any]) -> dict[str, Any]:
        return {"model": self.model, "created_at": _now(), "message": message, "done": False}

    def _end(self, message: dict[str, Any]) -> dict[str, Any]:
        generated = len(self.thoughts) + len(self.tokens)
        return {
            **self._line(message),
            "done": True,
            "done_reason": self.done_reason,
            "total_duration": (self.prompt_tokens + generated) * _TOKEN_NS,
            "load_duration": _LOAD_NS,
            "prompt_eval_count": self.prompt_tokens,
            "prompt_eval_duration": self.prompt_tokens * _TOKEN_NS,
            "eval_count": generated,
            "eval_duration": generated * _TOKEN_NS,
        }


def _thinks(model: EmulatedModel, think: bool | str | None) -> bool:
    return model.always_thinks or ("thinking" in model.capabilities and think is not False)


def _until_stop(text: str, stops: Sequence[str]) -> str:
    return text[: min((text.index(stop) for stop in stops if stop in text), default=len(text))]


def _limit(tokens: int | None) -> int:
    """A negative or missing limit is none."""
    return sys.maxsize if tokens is None or tokens < 0 else tokens


def _now() -> str:
    return datetime.now(UTC).isoformat()
