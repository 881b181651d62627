"""What a server says when it does not answer, in the dialects of the common ones.

Owns the reading of errors, by status, in a body or in the middle of a stream; knows nothing
of SARAi's errors. Seen in: OpenAI, llama.cpp's server, vLLM, LM Studio and LocalAI.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx

MAX_MESSAGE_CHARACTERS = 500

_OVERFLOW_KINDS = {"context_length_exceeded", "exceed_context_size_error"}
_OVERFLOW_PHRASES = (
    "maximum context length",  # OpenAI, vLLM before 0.16
    "context length is only",  # vLLM, LM Studio
    "available context size",  # llama.cpp, LocalAI
    "greater than the context length",  # LM Studio
    "too large to process",  # llama.cpp's embeddings
    "n_keep",  # LM Studio: "Cannot truncate prompt with n_keep (..) >= n_ctx (..)"
)


class Refusal(Exception):
    """An error of the server's own.

    `kinds` are its code and type; `prompt_tokens` and `context_tokens` are told by some
    servers when a prompt is too long; `retry_after_s` by the header of that name.
    """

    def __init__(
        self, status: int, error: Any, *, location: str = "", retry_after_s: float | None = None
    ) -> None:
        fields: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
        message = fields.get("message") or (error if isinstance(error, str) else "")
        self.status = status
        self.message = _shortened(str(message)) or f"HTTP status {status}{location}"
        self.kinds = {fields.get("code"), fields.get("type")}
        self.prompt_tokens = _count(fields.get("n_prompt_tokens"))
        self.context_tokens = _count(fields.get("n_ctx"))
        self.retry_after_s = retry_after_s
        super().__init__(self.message)

    @property
    def is_overflow(self) -> bool:
        """Whether a prompt or text was refused for its length."""
        return not self.kinds.isdisjoint(_OVERFLOW_KINDS) or any(
            phrase in self.message for phrase in _OVERFLOW_PHRASES
        )


def refusal_in(answer: Any, status: int = 200) -> Refusal | None:
    """The error that a JSON answer is, or None. `answer` may be anything."""
    if not isinstance(answer, Mapping):
        return None
    if answer.get("error"):
        return Refusal(status, answer["error"])
    return Refusal(status, answer) if answer.get("object") == "error" else None


def refusal_of(response: httpx.Response) -> Refusal:
    """The error of an answer without success, whatever its body is."""
    retry_after_s = _seconds(response.headers.get("retry-after", ""))
    to = response.headers.get("location")
    location = f", a redirection to {to}" if to else ""
    try:
        answer = json.loads(response.content)
    except ValueError:
        answer = _text_of(response)
    error = answer.get("error") or answer if isinstance(answer, Mapping) else answer
    return Refusal(response.status_code, error, location=location, retry_after_s=retry_after_s)


def _text_of(response: httpx.Response) -> str:
    """A page's words without its marks."""
    return re.sub(r"<[^>]*>", " ", response.text)


def _shortened(message: str) -> str:
    """On one line, and no longer than a person reads."""
    words = " ".join(message.split())
    return words if len(words) <= MAX_MESSAGE_CHARACTERS else words[:MAX_MESSAGE_CHARACTERS] + "…"


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _seconds(value: str) -> float | None:
    """Of a Retry-After header; its other form, a date, is not used by these servers."""
    return float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None
