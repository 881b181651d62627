"""What can go wrong on the way to Ollama, in SARAi's errors.

Owns the translation; knows nothing of what was asked.
"""

from __future__ import annotations

import httpx
from ollama import ResponseError

from core.errors import EngineCrashed, EngineFailed, ModelError, ModelUnavailable

FAILURES = (ResponseError, httpx.TransportError, ValueError, TypeError, KeyError)
"""Refused by the server, lost on the way, or (the last three) not Ollama's protocol."""

_TOO_LONG = ("context length", "context size")


def is_overflow(error: Exception) -> bool:
    """Whether the server refused a prompt for its length.

    Source of the phrases: llm/llama_server.go and server/routes.go of ollama/ollama.
    """
    if not isinstance(error, ResponseError) or error.status_code >= 500:
        return False
    return any(phrase in str(error.error) for phrase in _TOO_LONG)


def model_error(error: Exception, *, model: str, remote: str, base_url: str) -> ModelError:
    """The error to raise in place of one of FAILURES.

    Args:
        model: its name in the configuration.
        remote: its name in Ollama.
    """
    if isinstance(error, ResponseError) and error.status_code == 404:
        return not_installed(model=model, remote=remote, base_url=base_url)
    if isinstance(error, ResponseError):
        return EngineFailed(
            f"Ollama could not run {remote}: {error.error}",
            model=model,
            hint="The log of `ollama serve` says more.",
        )
    if isinstance(error, httpx.ReadTimeout):
        return EngineFailed(
            f"Ollama at {base_url} accepted a request for {remote} and stayed silent.",
            model=model,
            hint="See with `ollama ps` what it is busy with.",
        )
    if isinstance(error, httpx.TransportError):
        return EngineCrashed(
            f"The connection to Ollama at {base_url} was lost: {error}",
            model=model,
            hint="Try again; if it does not answer, start it with `ollama serve`.",
        )
    return EngineFailed(
        f"{base_url} does not answer as Ollama does: {error}",
        model=model,
        hint="Check ollama.base_url in the configuration.",
    )


def not_installed(*, model: str, remote: str, base_url: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"Ollama at {base_url} has no model {remote}.",
        model=model,
        hint=f"Get it with `ollama pull {remote}`.",
    )
