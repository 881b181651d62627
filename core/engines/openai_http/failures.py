"""What can go wrong on the way to an OpenAI-compatible server, in SARAi's errors.

Owns the translation; knows nothing of what was asked.
"""

from __future__ import annotations

import httpx

from core.engines.openai_http.refusal import Refusal
from core.engines.remote.limits import Limits
from core.engines.spec import EngineSpec
from core.errors import ContextOverflow, EngineCrashed, EngineFailed, ModelError, ModelUnavailable

NOT_THE_PROTOCOL = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What reading an answer ends in that has another shape than it should."""

FAILURES = (Refusal, httpx.RequestError, *NOT_THE_PROTOCOL)
"""Refused by the server, lost on the way, or not the protocol."""

UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout)
"""Nobody listened: the server is not there, rather than that one answer was lost."""


def model_error(error: Exception, spec: EngineSpec) -> ModelError:
    """The error to raise in place of one of FAILURES."""
    if isinstance(error, Refusal):
        return _refused(error, spec)
    if isinstance(error, UNREACHED):
        return EngineCrashed(
            f"{spec.base_url} cannot be reached: {error}.",
            model=spec.model,
            hint="Start the server, or check its base_url under openai.servers.",
        )
    if isinstance(error, httpx.ReadTimeout):
        return EngineFailed(
            f"{spec.base_url} accepted a request for {spec.remote_model} and stayed silent.",
            model=spec.model,
            hint="See what the server is busy with, or raise its read_timeout_s.",
        )
    if isinstance(error, httpx.RequestError):
        return EngineCrashed(
            f"The connection to {spec.base_url} was lost: {error or type(error).__name__}",
            model=spec.model,
            hint="Try again; the server's log says why.",
        )
    return EngineFailed(
        f"{spec.base_url} does not answer as an OpenAI-compatible server does: {error}",
        model=spec.model,
        hint="Check its base_url under openai.servers; for most it ends with /v1.",
    )


def unavailable(error: Exception, spec: EngineSpec) -> ModelUnavailable:
    """The error for a failure of the first question, before any model was run."""
    translated = model_error(error, spec)
    return ModelUnavailable(translated.message, model=spec.model, hint=translated.hint)


def not_listed(names: list[str], spec: EngineSpec) -> ModelUnavailable:
    there = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return ModelUnavailable(
        f"{spec.base_url} has no model {spec.remote_model}.",
        model=spec.model,
        hint=f"Write one of its names as openai_model: {there}." if names else "It lists none.",
    )


def no_key(reason: str, spec: EngineSpec) -> ModelUnavailable:
    """The error when the key of the server cannot be read, for `reason`."""
    return ModelUnavailable(
        f"There is no key for {spec.base_url}: {reason}.",
        model=spec.model,
        hint=f"Set {spec.api_key_env} before you start SARAi.",
    )


def overflow(refusal: Refusal, limits: Limits, estimated_tokens: int) -> ContextOverflow:
    """The error for a prompt that is too long, with the server's own figures if it told them."""
    context_tokens = refusal.context_tokens or limits.context_tokens
    return ContextOverflow(
        model=limits.model,
        prompt_tokens=refusal.prompt_tokens or max(estimated_tokens, context_tokens + 1),
        context_tokens=context_tokens,
    )


def closed(spec: EngineSpec) -> EngineCrashed:
    return EngineCrashed(f"{spec.model} was closed.", model=spec.model, hint="Open it again.")


def broken_off(spec: EngineSpec) -> EngineCrashed:
    return EngineCrashed(
        f"{spec.base_url} ended the connection before the answer was complete.",
        model=spec.model,
        hint="Try again; the server's log says why.",
    )


def unheeded(setting: str, spec: EngineSpec) -> EngineFailed:
    """The error for an answer that shows that the server ignored what was asked."""
    return EngineFailed(
        f"{spec.base_url} ignored `{setting}`.",
        model=spec.model,
        hint="Ask without it, or another model.",
    )


def withheld(spec: EngineSpec) -> EngineFailed:
    return EngineFailed(
        f"The content filter of {spec.base_url} ended the answer.",
        model=spec.model,
        hint="Ask in other words, or another model.",
    )


def _refused(refusal: Refusal, spec: EngineSpec) -> ModelError:
    said = f"{spec.base_url} refused {spec.remote_model}: {refusal.message.rstrip('.')}."
    if refusal.status in (401, 403):
        hint = (
            f"Check the key in the environment variable {spec.api_key_env}."
            if spec.api_key_env
            else "The server wants a key: name its variable as api_key_env under openai.servers."
        )
        return ModelUnavailable(said, model=spec.model, hint=hint)
    if refusal.status == 404:
        hint = "Check openai_model and the server's base_url, which for most ends with /v1."
        return ModelUnavailable(said, model=spec.model, hint=hint)
    if refusal.status in (429, 503):
        after = f" in {refusal.retry_after_s:.0f} s" if refusal.retry_after_s else " later"
        return EngineFailed(said, model=spec.model, hint=f"It is busy: try again{after}.")
    return EngineFailed(said, model=spec.model, hint="The server's log says more.")
