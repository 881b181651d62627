"""One chat with a model: what is sent and what comes back.

Owns the body of a request and the reading of its chunks; knows nothing of threads,
connections or errors. Source: "Chat Completions" of OpenAI's API reference, and the `timings`
that llama.cpp's server adds.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from core.engines.openai_http.content import to_json
from core.engines.openai_http.structure import CallPieces, logprobs_in, structure_for
from core.engines.protocol import (
    Completion,
    FinishReason,
    GenerationRequest,
    TokenLogprob,
    Usage,
)


def body_for(request: GenerationRequest, remote_model: str) -> dict[str, Any]:
    """What a request does not set is not sent, and keeps the server's own value."""
    body: dict[str, Any] = {
        "model": remote_model,
        "messages": to_json(request.messages),
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.seed is not None:
        body["seed"] = request.seed
    if request.stop:
        body["stop"] = list(request.stop)
    return body | structure_for(request)


def ignored_settings(request: GenerationRequest, tally: Tally, answer: str) -> Iterator[str]:
    """What the server was asked for and surely did not do, as `answer`, now whole, shows."""
    if request.top_logprobs and answer and not tally.logprobs:
        yield "top_logprobs"
    if tally.finish_reason() != "stop":
        return
    if request.json_schema is not None and not _is_json(answer):
        yield "json_schema"
    if request.tool_choice not in ("auto", "none") and not tally.calls_tools:
        yield "tool_choice"


class Tally:
    """What a stream has told so far: how it ended, and what it cost."""

    def __init__(self) -> None:
        self._pieces = 0
        self._done = False
        self._reason: str | None = None
        self._calls = CallPieces()
        self.logprobs: list[TokenLogprob] = []
        self._usage = Usage(prompt_tokens=0, completion_tokens=0)
        # Some servers send the two halves of an emoji's escape in two chunks.
        self._halves = codecs.getincrementaldecoder("utf-16-le")("replace")

    def add(self, chunk: dict[str, Any] | None) -> str:
        """The text that `chunk` adds to the answer, often none; separated thoughts are not
        in it. None is the server's mark of the end."""
        if chunk is None:
            self._done = True
            return ""
        self._read_figures(chunk.get("usage") or {}, chunk.get("timings") or {})
        for choice in (chunk.get("choices") or ())[:1]:
            self._reason = choice.get("finish_reason") or self._reason
            delta = choice.get("delta") or {}
            self._calls.add(delta)
            self.logprobs += logprobs_in(choice)
            content = delta.get("content") or ""
            self._pieces += bool(content)
            return self._halves.decode(content.encode("utf-16-le", "surrogatepass"))
        return ""

    @property
    def complete(self) -> bool:
        """Whether the server ended the answer; some omit the reason, others the mark."""
        return self._done or self._reason is not None

    @property
    def calls_tools(self) -> bool:
        return bool(self._calls)

    @property
    def withheld(self) -> bool:
        """Whether the server's content filter ended the answer."""
        return self._reason == "content_filter"

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens of the prompt as the model saw it; None when the server did not say."""
        return self._usage.prompt_tokens or None

    def completion(self, estimated_prompt_tokens: int) -> tuple[Completion, str]:
        """How it ended; and text to tell before, of calls that cannot be read."""
        calls, unreadable = self._calls.calls() if self.complete else ((), "")
        completion = Completion(
            self.finish_reason(),
            self.usage(estimated_prompt_tokens),
            tool_calls=calls,
            logprobs=tuple(self.logprobs),
            problem="The arguments of a tool call are no JSON object." if unreadable else "",
        )
        return completion, unreadable

    def finish_reason(self) -> FinishReason:
        """Names that only some servers know, such as "eos", are an end like any other."""
        if not self.complete:
            return "cancelled"
        return "length" if self._reason == "length" else "stop"

    def usage(self, estimated_prompt_tokens: int) -> Usage:
        """The exact cost where the server told it; else the estimate and a token a piece."""
        return replace(
            self._usage,
            prompt_tokens=self._usage.prompt_tokens or estimated_prompt_tokens,
            completion_tokens=self._usage.completion_tokens or self._pieces,
        )

    def _read_figures(self, usage: dict[str, Any], timings: dict[str, Any]) -> None:
        """Some servers send figures with every chunk, and zeros until the last."""
        known = self._usage
        details = usage.get("prompt_tokens_details") or {}
        self._usage = Usage(
            prompt_tokens=int(usage.get("prompt_tokens") or known.prompt_tokens),
            completion_tokens=int(usage.get("completion_tokens") or known.completion_tokens),
            reused_tokens=int(details.get("cached_tokens") or known.reused_tokens),
            prompt_ms=float(timings.get("prompt_ms") or known.prompt_ms),
            completion_ms=float(timings.get("predicted_ms") or known.completion_ms),
        )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
