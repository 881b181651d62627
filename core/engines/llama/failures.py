"""Errors that cross the pipe: the worker's exception becomes a header, and one again.

Owns that translation, for both sides; knows nothing of what went wrong.
"""

from __future__ import annotations

from core.engines.llama.wire import Header
from core.errors import (
    ContextOverflow,
    EngineFailed,
    InvalidInput,
    ModelFileInvalid,
    ModelLacksModality,
    SARAiError,
)

_MODEL_ERRORS = {cls.code: cls for cls in (ModelFileInvalid, ModelLacksModality, EngineFailed)}


def failure_header(error: SARAiError) -> Header:
    """The header that tells the other side of `error`."""
    header: Header = {
        "type": "error",
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
    }
    if isinstance(error, ContextOverflow):
        header |= {"prompt": error.prompt_tokens, "context": error.context_tokens}
    if isinstance(error, InvalidInput):
        header |= {"key": error.key}
    return header


def failure_from_header(header: Header, *, model: str) -> SARAiError:
    """The exception that `failure_header` described."""
    code, message, hint = header["code"], header["message"], header["hint"]
    if code == ContextOverflow.code:
        return ContextOverflow(
            model=model, prompt_tokens=header["prompt"], context_tokens=header["context"]
        )
    if code == InvalidInput.code:
        return InvalidInput(message, key=header["key"], hint=hint)
    return _MODEL_ERRORS.get(code, EngineFailed)(message, model=model, hint=hint)
