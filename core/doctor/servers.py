"""Which servers of models may be asked: those on this machine alone.

Owns that rule and the patience; knows nothing of answers.
"""

from __future__ import annotations

from core.engines.spec import EngineSpec
from core.settings import Settings
from core.settings.addresses import is_this_machine
from core.settings.models import ModelSettings
from core.settings.servers import OpenAIServer

ANSWER_LIMIT_S = 2.0
"""Servers answer what is asked here in milliseconds, even while they generate."""


def is_asked(model: ModelSettings, settings: Settings) -> bool:
    """Whether the server of a served model is on this machine."""
    if model.engine == "ollama":
        return is_this_machine(settings.ollama.base_url)
    return is_local(settings.openai.servers[model.openai_server or ""])


def is_local(server: OpenAIServer) -> bool:
    """A tunnel on this machine leads away from it."""
    return is_this_machine(server.base_url) and not server.leaves_this_machine


def ollama_spec(settings: Settings) -> EngineSpec:
    """What asks the configured Ollama as a whole."""
    ollama = settings.ollama
    return EngineSpec(
        model="ollama",
        engine="ollama",
        context_tokens=0,
        threads=1,
        base_url=ollama.base_url,
        connect_timeout_s=ollama.connect_timeout_s,
        read_timeout_s=ANSWER_LIMIT_S,
    )


def openai_spec(name: str, server: OpenAIServer) -> EngineSpec:
    """What asks an OpenAI-compatible server as a whole."""
    return EngineSpec(
        model=name,
        engine="openai_http",
        context_tokens=0,
        threads=1,
        remote_model="the list of its models",
        base_url=server.base_url,
        api_key_env=server.api_key_env or "",
        connect_timeout_s=min(server.connect_timeout_s, ANSWER_LIMIT_S),
        read_timeout_s=ANSWER_LIMIT_S,
    )
