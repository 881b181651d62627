"""From a model's name to all that is needed to admit and open it.

Owns the way from the configuration to an `EngineSpec` and a reservation; knows nothing of
who else is loaded. Nothing is opened here: headers are read and numbers are added up.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.engines.protocol import EngineSpec
from core.errors import ModelTooLarge
from core.model_files.locate import ModelFiles, locate
from core.model_files.pair import read_headers
from core.model_pool.footprint import Footprint, predict_footprint
from core.settings.schema import ModelSettings, Settings
from core.storage.folder import DataFolder

OLLAMA_BITS_PER_WEIGHT = 4.89
"""Q4_K_M, Ollama's usual quantisation. Source: llama.cpp's quantize README, Llama 3.1 8B."""
OLLAMA_DEFAULT_PARAMETERS_B = 8.0
OLLAMA_CACHE_MB_PER_TOKEN = 0.125
"""f16 cache of an 8B model: 32 layers x 2 x 8 heads x 128 x 2 bytes."""
OLLAMA_RUNNER_MB = 400


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """What to open and what to reserve. `arithmetic` explains `need_mb` to a person."""

    spec: EngineSpec
    need_mb: int
    arithmetic: str


Resolve = Callable[[str], ResolvedModel]
"""Takes a configured name. Raises: ModelUnavailable, ModelFileInvalid, ModelTooLarge."""


class ConfiguredModels:
    """Resolves names against the configuration and the files of this machine."""

    def __init__(self, settings: Settings, folder: DataFolder) -> None:
        self._settings = settings
        self._folder = folder

    def __call__(self, name: str) -> ResolvedModel:
        model = self._settings.models[name]
        resolved = self._ollama(name, model) if model.engine == "ollama" else self._llama(name)
        refuse_above_own_limit(resolved, model.max_memory_mb)
        return resolved

    def _ollama(self, name: str, model: ModelSettings) -> ResolvedModel:
        base_url = self._settings.ollama.base_url
        need_mb, arithmetic = ollama_reservation_mb(model, base_url)
        return ResolvedModel(self._spec(name, None), need_mb, arithmetic)

    def _llama(self, name: str) -> ResolvedModel:
        model = self._settings.models[name]
        files = locate(
            name,
            model,
            models_folder=self._settings.paths.models or self._folder.models,
            self_test_folder=self._folder.self_test,
        )
        footprint = self._predict(name, model, files)
        return ResolvedModel(self._spec(name, files), footprint.total_mb, str(footprint))

    def _predict(self, name: str, model: ModelSettings, files: ModelFiles) -> Footprint:
        header, projector = read_headers(files, model=name)
        return predict_footprint(
            header,
            projector,
            context_tokens=model.context_length,
            embeddings=model.embeddings,
            cache_type=model.kv_cache_type,
            gpu_layers=self._settings.runtime.gpu_layers,
            image_max_tokens=self._settings.media.image_max_tokens,
        )

    def _spec(self, name: str, files: ModelFiles | None) -> EngineSpec:
        model, runtime = self._settings.models[name], self._settings.runtime
        return EngineSpec(
            model=name,
            engine=model.engine,
            context_tokens=model.context_length,
            threads=runtime.thread_count(),
            gguf_path=files.gguf_path if files else None,
            mmproj_path=files.mmproj_path if files else None,
            remote_model=model.ollama_model or "",
            base_url=self._settings.ollama.base_url if model.engine == "ollama" else "",
            connect_timeout_s=self._settings.ollama.connect_timeout_s,
            read_timeout_s=self._settings.ollama.read_timeout_s,
            gpu_layers=runtime.gpu_layers,
            embeddings=model.embeddings,
            kv_cache_type=model.kv_cache_type,
            image_max_tokens=self._settings.media.image_max_tokens,
            log_path=self._folder.logs / f"{name}.log",
        )


def ollama_reservation_mb(model: ModelSettings, base_url: str) -> tuple[int, str]:
    """What an Ollama model takes of this machine's budget, and why; the server is not asked.

    Nothing when the server is another machine. Else `max_memory_mb` when it is given. Else
    an estimate: the parameters named in the tag ("solar:10.7b"; 8 billion when it names
    none) at Q4_K_M, the f16 cache of an 8B model and Ollama's runner.
    """
    if not _is_this_machine(base_url):
        return 0, "0 MiB: the server is another machine"
    if model.max_memory_mb is not None:
        return model.max_memory_mb, f"{model.max_memory_mb} MiB: its max_memory_mb"
    tag = re.search(r"[:_-](\d+(?:\.\d+)?)b\b", (model.ollama_model or "").lower())
    parameters_b = float(tag[1]) if tag else OLLAMA_DEFAULT_PARAMETERS_B
    weights_mb = parameters_b * 1e9 * OLLAMA_BITS_PER_WEIGHT / 8 / 2**20
    cache_mb = model.context_length * OLLAMA_CACHE_MB_PER_TOKEN
    need_mb = math.ceil(weights_mb + cache_mb + OLLAMA_RUNNER_MB)
    return need_mb, (
        f"{weights_mb:.0f} weights ({parameters_b:g}B at Q4_K_M, estimated) + "
        f"{cache_mb:.0f} context + {OLLAMA_RUNNER_MB} runner = {need_mb} MiB"
    )


def refuse_above_own_limit(resolved: ResolvedModel, max_memory_mb: int | None) -> None:
    """Raises: ModelTooLarge, when the model would need more than its own max_memory_mb."""
    if max_memory_mb is None or resolved.need_mb <= max_memory_mb:
        return
    name = resolved.spec.model
    raise ModelTooLarge(
        f"{name} would need {resolved.need_mb} MiB ({resolved.arithmetic}) and its "
        f"max_memory_mb is {max_memory_mb}.",
        model=name,
        hint=f"Raise models.{name}.max_memory_mb or lower models.{name}.context_length.",
    )


def _is_this_machine(base_url: str) -> bool:
    host = urlsplit(base_url if "//" in base_url else f"//{base_url}").hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # a name, not an address
        return host == "localhost"
    return address.is_loopback or address.is_unspecified
