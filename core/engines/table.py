"""Which engine opens a model: one line per engine.

Owns the table and the only way to open an engine; knows nothing of how one works. Each is
imported when its first model is opened, so that none costs a start that does not use it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module

from core.cancellation import Cancellation
from core.engines.devices import Device
from core.engines.offers import Catalogue, Offer
from core.engines.protocol import Engine, LoadProgress, OpenEngine
from core.engines.spec import EngineSpec
from core.errors import ConfigError

ENGINES: dict[str, Callable[[], OpenEngine]] = {
    "llama": lambda: import_module("core.engines.llama.engine").LlamaEngine.open,
    "ollama": lambda: import_module("core.engines.ollama").open_ollama,
    "openai_http": lambda: import_module("core.engines.openai_http").open_openai,
}


CHECKS: dict[str, Callable[[], Callable[[EngineSpec], None]]] = {
    "ollama": lambda: import_module("core.engines.ollama").check_ollama,
    "openai_http": lambda: import_module("core.engines.openai_http").check_openai,
}
"""Engines whose models live elsewhere, and how to ask whether one is there."""

HOLDINGS: dict[str, Callable[[], Callable[..., dict[str, int]]]] = {
    "ollama": lambda: import_module("core.engines.ollama.holdings").held_models_mb,
}
"""Engines whose models live elsewhere, and how to ask what they hold for anybody."""

OFFERS: dict[str, Callable[[], Callable[[EngineSpec], Offer]]] = {
    "ollama": lambda: import_module("core.engines.ollama.offer").ollama_offer,
    "openai_http": lambda: import_module("core.engines.openai_http.offer").openai_offer,
}
"""Engines whose models live elsewhere, and how to ask a server which it has."""


CATALOGUES: dict[str, Callable[[], Callable[[EngineSpec], Catalogue]]] = {
    "ollama": lambda: import_module("core.engines.ollama.catalogue").OllamaCatalogue,
}
"""Engines among whose models SARAi may choose by itself."""


def catalogue_of(spec: EngineSpec) -> Catalogue:
    """The models of the server at `spec.base_url`, to choose among; arguments as of `offer_of`.

    Raises: ModelUnavailable.
    """
    return CATALOGUES[spec.engine]()(spec)


def offer_of(spec: EngineSpec) -> Offer:
    """What the server at `spec.base_url` has; of the rest of `spec`, only the address, the key
    and the timeouts matter, and the names for errors.

    Raises: ModelUnavailable.
    """
    return OFFERS[spec.engine]()(spec)


def llama_devices(model: str) -> tuple[Device, ...]:
    """The GPUs that llama.cpp can use, with what is free on each; asked on behalf of `model`.

    Raises: EngineFailed.
    """
    devices: tuple[Device, ...] = import_module("core.engines.llama.devices").ask_devices(model)
    return devices


def held_elsewhere_mb(
    engine: str, base_url: str, *, known: Collection[str], connect_timeout_s: float
) -> dict[str, int]:
    """MiB of each model that the server of `engine` at `base_url` holds now.

    Empty when it does not answer. Models come under their name in `known` where they have
    one there, else under the server's own.
    """
    held_mb = HOLDINGS[engine]()
    return held_mb(base_url, known=known, connect_timeout_s=connect_timeout_s)


def check_available(spec: EngineSpec) -> None:
    """Whether the model can be opened now, as far as can be told without opening it.

    Raises: ModelUnavailable.
    """
    if spec.engine in CHECKS:
        CHECKS[spec.engine]()(spec)


def open_engine(
    spec: EngineSpec,
    *,
    progress: LoadProgress | None = None,
    cancel: Cancellation | None = None,
) -> Engine:
    """Open the model that `spec` describes.

    Args:
        spec: `spec.engine` names the line of the table.
        progress: told the loaded fraction, 0 to 1, where the engine knows it.
        cancel: stops the loading.

    Raises:
        ConfigError: when no engine has this name.
        ModelUnavailable, ModelFileInvalid, EngineCrashed, Cancelled: from the engine.
    """
    if spec.engine not in ENGINES:
        raise ConfigError(
            f"There is no engine named {spec.engine!r}.",
            hint=f"Use one of: {', '.join(ENGINES)}.",
        )
    opener = ENGINES[spec.engine]()
    return opener(spec, progress=progress, cancel=cancel)
