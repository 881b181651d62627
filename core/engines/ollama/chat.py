"""One chat with a model: what is sent and what comes back.

Owns the way between SARAi's messages and langchain-ollama's; knows nothing of threads,
connections or errors.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_ollama import ChatOllama

from core.engines.ollama.server import OllamaServer
from core.engines.protocol import (
    FinishReason,
    GenerationRequest,
    Message,
    Part,
    Role,
    Tool,
    ToolCall,
    Usage,
)
from core.engines.remote.transport import certificates
from core.media.content import RgbImage
from core.media.encoding import encode_png

_MESSAGE_TYPES: dict[Role, type[BaseMessage]] = {
    "system": SystemMessage,
    "user": HumanMessage,
    "assistant": AIMessage,
    "tool": ToolMessage,
}
_NS_PER_MS = 1e6


@dataclass(slots=True)
class Tally:
    """What a stream has told of its cost; Ollama gives figures only with the last piece."""

    pieces: int = 0
    calls: tuple[ToolCall, ...] = ()
    final: dict[str, Any] | None = None

    def add(self, piece: BaseMessage) -> None:
        self.pieces += bool(piece.content)
        if isinstance(piece, AIMessage):
            self.calls += tuple(
                ToolCall(call["name"], call["args"], call["id"] or "") for call in piece.tool_calls
            )
        if piece.response_metadata.get("done"):
            self.final = piece.response_metadata

    @property
    def complete(self) -> bool:
        return self.final is not None

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens of the prompt as the model saw it; None when Ollama did not say."""
        return None if self.final is None else self.final.get("prompt_eval_count")

    def finish_reason(self) -> FinishReason:
        if self.final is None:
            return "cancelled"
        return "length" if self.final.get("done_reason") == "length" else "stop"

    def usage(self, estimated_prompt_tokens: int) -> Usage:
        """The exact cost; of a cancelled stream, the estimate and a token for each piece."""
        if self.final is None:
            return Usage(estimated_prompt_tokens, self.pieces)
        return Usage(
            prompt_tokens=self.final.get("prompt_eval_count") or estimated_prompt_tokens,
            completion_tokens=self.final.get("eval_count") or self.pieces,
            prompt_ms=(self.final.get("prompt_eval_duration") or 0) / _NS_PER_MS,
            completion_ms=(self.final.get("eval_duration") or 0) / _NS_PER_MS,
        )


def open_chat(server: OllamaServer, remote_model: str) -> ChatOllama:
    """A client that answers without thinking first, over the server's own transport.

    Nothing is sent yet. Proxies of the environment are ignored and redirects not followed,
    so a prompt goes to the configured address or nowhere.
    """
    return ChatOllama(
        model=remote_model,
        base_url=server.base_url,
        reasoning=False,
        client_kwargs={"trust_env": False, "follow_redirects": False, "verify": certificates()},
        sync_client_kwargs={"transport": server.transport, "timeout": server.generation_timeout},
    )


def options_for(
    request: GenerationRequest, context_tokens: int, model_stop: Sequence[str]
) -> dict[str, Any]:
    """Ollama's options; what a request does not set keeps the Modelfile's value.

    `num_ctx` is always sent: without it Ollama takes a default of its own, often shorter.
    """
    options: dict[str, Any] = {
        "num_ctx": context_tokens,
        "num_predict": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
    }
    if request.seed is not None:
        options["seed"] = request.seed
    if request.stop:
        options["stop"] = [*model_stop, *request.stop]
    return options


def form_for(request: GenerationRequest) -> dict[str, Any]:
    """What is asked of the answer's form, beside the options."""
    form: dict[str, Any] = {}
    if request.json_schema is not None:
        form["format"] = dict(request.json_schema)
    if request.tools and request.tool_choice != "none":
        form["tools"] = [_function(tool) for tool in request.tools]
    return form


def stream_chat(
    chat: ChatOllama,
    messages: Sequence[Message],
    options: dict[str, Any],
    form: dict[str, Any],
) -> Iterator[BaseMessage]:
    """The answer piece by piece; thoughts that Ollama separates are not in it."""
    return chat.stream([_to_langchain(message) for message in messages], options=options, **form)


def _function(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
        },
    }


def _to_langchain(message: Message) -> BaseMessage:
    """Text parts are joined by line breaks. Ollama shows a message's images before its text."""
    details = _details(message)
    kind = _MESSAGE_TYPES[message.role]
    if all(isinstance(part, str) for part in message.parts):
        return kind(content="\n".join(str(part) for part in message.parts), **details)
    return kind(content=[_to_block(part) for part in message.parts], **details)


def _details(message: Message) -> dict[str, Any]:
    """What a message carries beside its content."""
    if message.role == "tool":
        return {"tool_call_id": message.tool_call_id, "name": message.tool_name}
    calls = [
        {"name": call.name, "args": dict(call.arguments), "id": call.id}
        for call in message.tool_calls
    ]
    return {"tool_calls": calls} if calls else {}


def _to_block(part: Part) -> str | dict[str, Any]:
    if isinstance(part, RgbImage):
        return {"type": "image_url", "image_url": base64.b64encode(encode_png(part)).decode()}
    if isinstance(part, str):
        return part
    raise TypeError(f"Ollama takes text and images, not {type(part).__name__}")
