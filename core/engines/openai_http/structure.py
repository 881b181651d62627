"""What a request may ask for beyond words: JSON of a schema, tools, log-probabilities.

Owns their JSON in requests and answers; knows nothing of streams. Sources: "Structured
outputs", "Function calling" and `logprobs` of OpenAI's API reference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.engines.protocol import GenerationRequest, TokenLogprob, Tool, ToolCall


def structure_for(request: GenerationRequest) -> dict[str, Any]:
    """The part of a request's body that asks for it; empty for words alone."""
    body: dict[str, Any] = {}
    if request.json_schema is not None:
        schema = {"name": "answer", "strict": True, "schema": dict(request.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.grammar:
        body["grammar"] = request.grammar
    if request.tools:
        body |= _tools(request.tools, request.tool_choice)
    if request.top_logprobs:
        body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
    return body


def calls_to_json(calls: Sequence[ToolCall]) -> list[dict[str, Any]]:
    """The calls of an earlier turn, as the API repeats them."""
    return [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(dict(call.arguments))},
        }
        for call in calls
    ]


def logprobs_in(choice: Mapping[str, Any]) -> list[TokenLogprob]:
    """Those of the tokens that one chunk brings; none when the server tells none."""
    told = (choice.get("logprobs") or {}).get("content") or ()
    return [
        TokenLogprob(
            text=str(token["token"]),
            logprob=float(token["logprob"]),
            top=tuple((str(o["token"]), float(o["logprob"])) for o in token["top_logprobs"]),
        )
        for token in told
    ]


class CallPieces:
    """Tool calls as a stream brings them: the arguments of each piece by piece."""

    def __init__(self) -> None:
        self._calls: dict[int, dict[str, str]] = {}

    def add(self, delta: Mapping[str, Any]) -> None:
        for piece in delta.get("tool_calls") or ():
            call = self._calls.setdefault(int(piece["index"]), {"name": "", "text": "", "id": ""})
            function = piece.get("function") or {}
            call["id"] += piece.get("id") or ""
            call["name"] += function.get("name") or ""
            call["text"] += function.get("arguments") or ""

    def __bool__(self) -> bool:
        return bool(self._calls)

    def calls(self) -> tuple[tuple[ToolCall, ...], str]:
        """The calls in their order; and, when one of them cannot be read, none and all of
        them as text."""
        ordered = [self._calls[index] for index in sorted(self._calls)]
        try:
            return tuple(_call(call, number) for number, call in enumerate(ordered)), ""
        except ValueError:
            return (), "\n".join(f"{call['name']}({call['text']})" for call in ordered)


def _call(call: Mapping[str, str], number: int) -> ToolCall:
    arguments = json.loads(call["text"] or "{}")
    if not (isinstance(arguments, dict) and call["name"]):
        raise ValueError("a call needs a name and an object")
    return ToolCall(call["name"], arguments, call["id"] or f"call_{number}")


def _tools(tools: Sequence[Tool], choice: str) -> dict[str, Any]:
    """One tool that must be called is sent alone: not every server knows how to name it."""
    named = [tool for tool in tools if tool.name == choice]
    return {
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.parameters),
                },
            }
            for tool in named or tools
        ],
        "tool_choice": "required" if named else choice,
    }
