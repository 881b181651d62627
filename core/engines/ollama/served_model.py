"""What a model on the server can do, found out before the first request.

Owns the checks at opening; knows nothing of generation.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from core.engines.ollama.failures import FAILURES, model_error, not_installed
from core.engines.ollama.server import OllamaServer
from core.engines.protocol import Capabilities
from core.engines.spec import EngineSpec
from core.errors import ModelUnavailable

OLDEST_VERSION = (0, 12, 6)
"""The first Ollama that can be told not to cut prompts off (see transport.NEVER_CUT)."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model as its server describes it.

    `context_tokens` is what was asked for, or the model's own if that is less: Ollama
    lowers it without a word. `stop` are the strings that its Modelfile sets, which a
    request's own would otherwise replace. `dimensions` is 0 when the server does not say.
    """

    capabilities: Capabilities
    context_tokens: int
    dimensions: int
    stop: tuple[str, ...]


def find_model(server: OllamaServer, spec: EngineSpec) -> ServedModel:
    """Ask for `spec.remote_model`.

    Raises: ModelUnavailable, when there is no Ollama, a too old one, or none with the model.
    """
    require_server(server, spec.model)
    try:
        if not server.has(spec.remote_model):
            raise not_installed(
                model=spec.model, remote=spec.remote_model, base_url=server.base_url
            )
        shown = server.show(spec.remote_model)
    except FAILURES as error:
        raise model_error(
            error, model=spec.model, remote=spec.remote_model, base_url=server.base_url
        ) from error
    _require_local(shown, spec)
    return _served_model(shown, spec)


def require_server(server: OllamaServer, model: str) -> tuple[int, int, int]:
    """The version of a server that can be used; `model` is named in errors.

    Raises: ModelUnavailable, when nobody answers, or one that is too old.
    """
    try:
        version = server.version()
    except FAILURES as error:
        raise ModelUnavailable(
            f"Ollama does not answer at {server.base_url}.",
            model=model,
            hint="Start it with `ollama serve`, or correct ollama.base_url.",
        ) from error
    if (0, 0, 0) < version < OLDEST_VERSION:
        raise ModelUnavailable(
            f"Ollama {'.'.join(map(str, version))} at {server.base_url} is too old: "
            "it cuts long prompts off without a word.",
            model=model,
            hint=f"Update it to {'.'.join(map(str, OLDEST_VERSION))} or newer.",
        )
    return version


def _require_local(shown: dict[str, Any], spec: EngineSpec) -> None:
    if host := shown.get("remote_host"):
        raise ModelUnavailable(
            f"{spec.remote_model} runs at {host}, not in the Ollama that was asked.",
            model=spec.model,
            hint="Choose a model without `cloud` in its tag, so that nothing leaves the machine.",
        )


def _served_model(shown: dict[str, Any], spec: EngineSpec) -> ServedModel:
    able = set(shown.get("capabilities") or ())
    header = shown.get("model_info") or {}
    own_context = _header_number(header, "context_length")
    return ServedModel(
        capabilities=Capabilities(
            chat="completion" in able,
            vision="vision" in able,
            embeddings=spec.embeddings,
            json_schema="completion" in able,
            tools="tools" in able,
        ),
        context_tokens=min(spec.context_tokens, own_context or spec.context_tokens),
        dimensions=_header_number(header, "embedding_length"),
        stop=_stop_strings(shown.get("parameters") or ""),
    )


def _header_number(header: dict[str, Any], field: str) -> int:
    """A field of the model's architecture, such as "llama.context_length"; 0 when absent."""
    return int(header.get(f"{header.get('general.architecture')}.{field}") or 0)


def _stop_strings(parameters: str) -> tuple[str, ...]:
    """Ollama prints a parameter a line, strings quoted: `stop      "<|im_end|>"`."""
    quoted = re.findall(r'^stop\s+(".*")$', parameters, flags=re.MULTILINE)
    return tuple(json.loads(text) for text in quoted)
