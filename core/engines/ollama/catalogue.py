"""The models of an Ollama, with what is needed to choose among them.

Owns the reading of its list; what is chosen is told elsewhere. Source: docs/api.md of
ollama/ollama, "List Local Models".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from core.engines.offers import OfferedModel
from core.engines.ollama.failures import FAILURES, model_error
from core.engines.ollama.served_model import require_server
from core.engines.ollama.server import OllamaServer, full_name
from core.engines.spec import EngineSpec
from core.errors import ModelUnavailable

_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9}
T = TypeVar("T")


class OllamaCatalogue:
    """Of the server at `spec.base_url`; of the rest only the timeouts and `model`, which is
    named in errors, matter.

    Raises: ModelUnavailable, when none answers there or one that is too old.
    """

    def __init__(self, spec: EngineSpec) -> None:
        self._spec = spec
        self._shown: dict[str, dict[str, Any]] = {}
        self._server = OllamaServer(
            spec.base_url,
            connect_timeout_s=spec.connect_timeout_s,
            read_timeout_s=spec.read_timeout_s,
        )
        require_server(self._server, spec.model)
        listed = self._asked(self._server.listed)
        # What Ollama runs elsewhere would take the question away from this machine.
        here = [entry for entry in listed if not entry.get("remote_host")]
        self.models = tuple(self._asked(lambda: [_offered(entry) for entry in here]))

    def can(self, name: str, capability: str) -> bool:
        if name not in self._shown:
            self._shown[name] = self._asked(lambda: self._server.show(name))
        shown = self._shown[name]
        return not shown.get("remote_host") and capability in (shown.get("capabilities") or ())

    def is_named(self, model: OfferedModel, name: str) -> bool:
        return full_name(model.name) == full_name(name)

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except FAILURES as error:
            told = model_error(
                error, model=self._spec.model, remote="a list", base_url=self._server.base_url
            )
            raise ModelUnavailable(told.message, model=self._spec.model, hint=told.hint) from error


def _offered(entry: dict[str, Any]) -> OfferedModel:
    details = entry.get("details") or {}
    return OfferedModel(
        name=str(entry["model"]),
        family=str(details.get("family") or ""),
        parameters=_parameters(str(details.get("parameter_size") or "")),
        size_bytes=int(entry.get("size") or 0),
    )


def _parameters(told: str) -> float:
    """`7.6B` -> 7.6e9; 0 for what does not read so."""
    number = re.fullmatch(r"(\d+(?:\.\d+)?)([KMB])", told.strip().upper())
    return 0.0 if number is None else float(number[1]) * _UNITS[number[2]]
