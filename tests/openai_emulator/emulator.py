"""The emulated server: its models, its faults and a record of what it was asked."""

from __future__ import annotations

from collections.abc import Iterable

from tests.emulated_server import Emulator
from tests.openai_emulator.dialects import Dialect
from tests.openai_emulator.faults import Fault
from tests.openai_emulator.handler import OpenAIHandler
from tests.openai_emulator.models import EmulatedModel


class OpenAIEmulator(Emulator[Fault]):
    """A server on a free port of the loopback, from entering the block to leaving it.

    Args:
        models: what it has.
        dialect: whose errors and additions it shows.
        api_key: what it wants to be shown; empty: nothing.
    """

    handlers = (OpenAIHandler,)
    usual = "/v1/chat/completions"

    def __init__(
        self,
        models: Iterable[EmulatedModel] = (),
        *,
        dialect: Dialect = "llama.cpp",
        api_key: str = "",
    ) -> None:
        super().__init__()
        self.models = list(models)
        self.dialect = dialect
        self.api_key = api_key

    @property
    def base_url(self) -> str:
        return f"{self.servers[0].address}/v1"
