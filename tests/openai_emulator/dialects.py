"""Where the servers differ: their errors, and what they add.

Sources: format_error_response in tools/server/server-common.cpp of ggml-org/llama.cpp;
pull request 996 of harbor-framework/harbor for vLLM 0.16; lmstudio-bug-tracker 2322 and
openclaude 353 for LM Studio 0.4; the API reference of OpenAI.
"""

from __future__ import annotations

from typing import Any, Literal

Dialect = Literal["llama.cpp", "vllm", "lm_studio", "openai"]

Error = tuple[int, dict[str, Any]]
"""A status and a body. LM Studio's status 200 is an error in the middle of a stream."""


def too_long(dialect: Dialect, prompt_tokens: int, context_tokens: int) -> Error:
    if dialect == "llama.cpp":
        message = (
            f"request ({prompt_tokens} tokens) exceeds the available context size "
            f"({context_tokens} tokens), try increasing it"
        )
        counts = {"n_prompt_tokens": prompt_tokens, "n_ctx": context_tokens}
        kind = {"code": 400, "message": message, "type": "exceed_context_size_error"}
        return 400, {"error": {**kind, **counts}}
    if dialect == "lm_studio":
        message = (
            "The number of tokens to keep from the initial prompt is greater than the context "
            "length. Try to load the model with a larger context length, or provide a shorter input"
        )
        return 200, {"error": {"message": message}}
    if dialect == "vllm":
        message = (
            f"You passed {prompt_tokens} input tokens and requested 1 output tokens. However, the "
            f"model's context length is only {context_tokens} tokens, resulting in a maximum "
            f"input length of {context_tokens - 1} tokens. Please reduce the length of the input "
            f"prompt. (parameter=input_tokens, value={prompt_tokens})"
        )
        return 400, _error(message, "BadRequestError", 400, "input_tokens")
    message = (
        f"This model's maximum context length is {context_tokens} tokens. However, your messages "
        f"resulted in {prompt_tokens} tokens. Please reduce the length of the messages."
    )
    return 400, _error(message, "invalid_request_error", "context_length_exceeded", "messages")


def no_such_model(dialect: Dialect, name: str) -> Error:
    if dialect == "openai":
        message = f"The model `{name}` does not exist or you do not have access to it."
        return 404, _error(message, "invalid_request_error", "model_not_found", None)
    return 404, _error(f"The model `{name}` does not exist.", "NotFoundError", 404, "model")


def wrong_key(dialect: Dialect, key: str) -> Error:
    """OpenAI masks the key that it refuses; this one repeats all of it, as some gateways do."""
    if dialect == "openai":
        message = f"Incorrect API key provided: {key}."
        return 401, _error(message, "invalid_request_error", "invalid_api_key", None)
    error = {"message": "Invalid API Key", "type": "authentication_error", "code": 401}
    return 401, {"error": error}


def max_tokens_unsupported() -> Error:
    message = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. "
        "Use 'max_completion_tokens' instead."
    )
    return 400, _error(message, "invalid_request_error", "unsupported_parameter", "max_tokens")


def not_found() -> Error:
    error = {"message": "File Not Found", "type": "not_found_error", "code": 404}
    return 404, {"error": error}


def _error(message: str, kind: str, code: int | str, param: str | None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
