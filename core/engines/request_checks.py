"""What a request may ask for, whatever runs the weights.

Owns the checks that every engine makes before it begins; knows nothing of any engine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.engines.protocol import (
    MAX_TOP_LOGPROBS,
    Capabilities,
    GenerationRequest,
    Message,
    Tool,
)
from core.errors import InvalidInput, ModelLacksModality
from core.media.content import AudioClip, RgbImage

RGB = 3
MAX_JSON_BYTES = 256 * 1024
TOOL_CHOICES = ("auto", "none", "required")
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_request(request: GenerationRequest) -> None:
    """Raises: InvalidInput, for settings that exclude each other or cannot be read."""
    exclusive = {
        "json_schema": request.json_schema is not None,
        "grammar": bool(request.grammar),
        "tools": bool(request.tools),
    }
    given = [name for name, is_given in exclusive.items() if is_given]
    if len(given) > 1:
        raise _invalid(given[1], f"`{given[0]}` and `{given[1]}` cannot be combined")
    if request.stop and given and given[0] != "tools":
        raise _invalid("stop", f"a stop string could break an answer that `{given[0]}` holds to")
    if not 0 <= request.top_logprobs <= MAX_TOP_LOGPROBS:
        raise _invalid("top_logprobs", f"{MAX_TOP_LOGPROBS} alternatives are the most")
    if request.json_schema is not None:
        json_text(request.json_schema, "json_schema")
    for tool in request.tools:
        _check_tool(tool)
    _check_tool_choice(request)
    for message in request.messages:
        _check_calls(message)
        _check_media(message)


def _check_media(message: Message) -> None:
    """Pixels and samples of another shape would be read as those of another picture."""
    for part in message.parts:
        if isinstance(part, RgbImage):
            shape = part.pixels.shape
            if len(shape) != 3 or shape[2] != RGB or part.pixels.dtype != np.uint8 or 0 in shape:
                raise _invalid("messages", f"no picture has {part.pixels.dtype} {shape}")
        elif isinstance(part, AudioClip) and (part.samples.ndim != 1 or not part.samples.size):
            raise _invalid("messages", f"no recording has the shape {part.samples.shape}")


def require_capable(request: GenerationRequest, capabilities: Capabilities, model: str) -> None:
    """Raises: ModelLacksModality, for a setting that `model` cannot heed."""
    asked = {
        "json_schema": request.json_schema is not None,
        "grammar": bool(request.grammar),
        "tools": bool(request.tools),
        "logprobs": request.top_logprobs > 0,
    }
    for name, is_asked in asked.items():
        if is_asked and not getattr(capabilities, name):
            raise ModelLacksModality(
                f"{model} cannot heed `{name}`.",
                model=model,
                hint="Ask without it, or choose a model that can.",
            )


def json_text(value: Mapping[str, Any], key: str) -> str:
    """`value` as JSON text of ASCII.

    Raises: InvalidInput, when it is none, too long or too deep.
    """
    try:
        text = json.dumps(dict(value), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise _invalid(key, f"it is no JSON: {error}") from error
    if len(text) > MAX_JSON_BYTES:
        raise _invalid(key, f"{MAX_JSON_BYTES // 1024} KiB are the most")
    return text


def _check_tool(tool: Tool) -> None:
    if not _TOOL_NAME.fullmatch(tool.name) or tool.name in TOOL_CHOICES:
        raise _invalid("tools", f"no tool can be named {tool.name!r:.80}")
    json_text(tool.parameters, "tools")


def _check_tool_choice(request: GenerationRequest) -> None:
    names = [tool.name for tool in request.tools]
    if len(set(names)) < len(names):
        raise _invalid("tools", "two of them have the same name")
    if request.tool_choice not in (*TOOL_CHOICES, *names):
        raise _invalid("tool_choice", f"there is no tool {request.tool_choice!r:.80}")
    if request.tool_choice == "required" and not names:
        raise _invalid("tool_choice", "there are no tools")


def _check_calls(message: Message) -> None:
    if message.tool_calls and message.role != "assistant":
        raise _invalid("messages", "only an assistant calls tools")
    for call in message.tool_calls:
        json_text(call.arguments, "messages")


def _invalid(key: str, reason: str) -> InvalidInput:
    return InvalidInput(f"`{key}` cannot be used: {reason}.", key=key, hint=f"Change `{key}`.")
