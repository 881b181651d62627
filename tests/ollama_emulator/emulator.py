"""The emulated server: its models, its faults and a record of what it was asked."""

from __future__ import annotations

from collections.abc import Iterable

from core.engines.ollama.server import full_name
from tests.emulated_server import Emulator
from tests.ollama_emulator.faults import Fault
from tests.ollama_emulator.handler import OllamaHandler
from tests.ollama_emulator.models import EmulatedModel


class OllamaEmulator(Emulator[Fault]):
    """A server on a free port of the loopback, from entering the block to leaving it.

    Args:
        models: installed at the start.
        registry: models that can be pulled.
        version: what `/api/version` says.
    """

    handlers = (OllamaHandler,)
    usual = "/api/chat"

    def __init__(
        self,
        models: Iterable[EmulatedModel] = (),
        *,
        registry: Iterable[EmulatedModel] = (),
        version: str = "0.32.1",
    ) -> None:
        super().__init__()
        self.version = version
        self._installed = {full_name(model.name): model for model in models}
        self._registry = {full_name(model.name): model for model in registry}
        self._loaded: dict[str, int] = {}

    @property
    def base_url(self) -> str:
        return self.servers[0].address

    def remove(self, name: str) -> None:
        """As `ollama rm` does."""
        del self._installed[full_name(name)]
        self.unload(name)

    def is_loaded(self, name: str) -> bool:
        return full_name(name) in self._loaded

    # What the handlers use.

    @property
    def installed(self) -> list[EmulatedModel]:
        return list(self._installed.values())

    @property
    def loaded(self) -> list[tuple[EmulatedModel, int]]:
        """Loaded models, each with its context in tokens."""
        return [(self._installed[name], context) for name, context in self._loaded.items()]

    def find(self, name: str) -> EmulatedModel | None:
        return self._installed.get(full_name(name))

    def load(self, model: EmulatedModel, context_tokens: int) -> None:
        self._loaded[full_name(model.name)] = context_tokens

    def unload(self, name: str) -> None:
        self._loaded.pop(full_name(name), None)

    def pull(self, name: str) -> EmulatedModel | None:
        model = self._registry.get(full_name(name))
        if model is not None:
            self._installed[full_name(name)] = model
        return model
