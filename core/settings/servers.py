"""Servers that hold models.

Owns the sections `ollama` and `openai`; which models they have stands below `models`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from core.settings.addresses import server_address
from core.settings.secrets import variable
from core.settings.section import Section


class OllamaSettings(Section):
    base_url: str = "http://127.0.0.1:11434"
    connect_timeout_s: float = Field(0.5, gt=0)
    read_timeout_s: float = Field(300.0, gt=0)


class OpenAIServer(Section):
    """A server. Whoever points at another machine says so with `leaves_this_machine`.

    `api_key_env` is the name of an environment variable; no key stands in a file.
    """

    base_url: Annotated[str, AfterValidator(server_address)]
    api_key_env: Annotated[str, AfterValidator(variable)] | None = None
    leaves_this_machine: bool = False
    connect_timeout_s: float = Field(5.0, gt=0)
    read_timeout_s: float = Field(300.0, gt=0)


class OpenAISettings(Section):
    """Servers of any make that speak OpenAI's API; only models that name one ask it."""

    servers: dict[str, OpenAIServer] = Field(default_factory=dict)
