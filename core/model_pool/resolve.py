"""From a model's name to all that is needed to admit and open it.

Owns the way from the configuration to an `EngineSpec` and a reservation, and what was
learned of a model's files and memory; knows nothing of who else is loaded. Nothing is
opened here: headers are read and numbers are added up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from core.cancellation import Cancellation
from core.clock import Clock, SystemClock
from core.engines.prices import TokenPrice
from core.engines.spec import EngineSpec
from core.errors import ModelFileInvalid, ModelTooLarge
from core.model_files.checksums import Checksums
from core.model_files.files import ModelFiles
from core.model_files.identity import FileIdentity
from core.model_files.known_headers import CheckedFiles, KnownHeaders
from core.model_files.locate import locate
from core.model_pool.memory.amount import Amount
from core.model_pool.memory.devices import Devices
from core.model_pool.memory.peaks import MeasuredPeaks
from core.model_pool.prediction.device_memory import DeviceFootprint
from core.model_pool.prediction.footprint import Footprint, predict_footprint
from core.model_pool.prediction.server_reservation import (
    ollama_reservation_mb,
    openai_reservation_mb,
)
from core.model_pool.prices import token_price
from core.settings.models import ModelSettings
from core.settings.schema import Settings
from core.storage.database import Database
from core.storage.folder import DataFolder


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """What to open and what to reserve. `arithmetic` explains `need_mb` to a person, and
    `device_mb`, which is of GPUs' memory.

    `files` are what it was resolved from. `predicted_mb` is without any measurement, and
    `measured_mb` the largest peak that these files took with these settings; None unknown.
    `price` is None when it is not known.
    """

    spec: EngineSpec
    need_mb: int
    arithmetic: str
    files: tuple[FileIdentity, ...] = ()
    predicted_mb: int | None = None
    measured_mb: int | None = None
    price: TokenPrice | None = None
    device_mb: int = 0

    @property
    def need(self) -> Amount:
        return Amount(self.need_mb, self.device_mb)


class Models(Protocol):
    """As the methods of `ConfiguredModels`."""

    def __call__(self, name: str) -> ResolvedModel: ...

    def verify(self, resolved: ResolvedModel, cancel: Cancellation | None = None) -> None: ...

    def refuse(self, resolved: ResolvedModel, error: ModelFileInvalid) -> None: ...

    def measured(
        self, resolved: ResolvedModel, peak_mb: float | None, device_mb: float | None = None
    ) -> None: ...


class ConfiguredModels:
    """Resolves names against the configuration and the files of this machine.

    What was learned of a file, good or bad, is remembered until the file changes. Threads
    may share it. The GPUs are asked when the first model wants one.
    """

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        clock: Clock | None = None,
        devices: Devices | None = None,
    ) -> None:
        self._settings = settings
        self._devices = devices or Devices()
        self._folder = folder
        self._headers = KnownHeaders(clock or SystemClock())
        self._peaks = MeasuredPeaks(lambda: self._database)

    @cached_property
    def _database(self) -> Database:
        return Database(self._folder.database)

    def __call__(self, name: str) -> ResolvedModel:
        """What to open for a configured name.

        Raises: ModelUnavailable, ModelFileInvalid, ModelTooLarge.
        """
        model = self._settings.models[name]
        resolved = self._by_engine(name, model)
        return replace(resolved, price=token_price(model, self._settings))

    def verify(self, resolved: ResolvedModel, cancel: Cancellation | None = None) -> None:
        """Compare the files with the checksums of the configuration, where it states any.

        Reads each file once; afterwards only when it changed. To be called before anybody
        is evicted, and with no lock held: 4 GB take seconds.

        Raises: ModelFileInvalid, ModelUnavailable, StorageError; Cancelled, on request.
        """
        name = resolved.spec.model
        for file, expected in self._expected(name, resolved.files):
            Checksums(self._database).require(file, expected, model=name, cancel=cancel)

    def refuse(self, resolved: ResolvedModel, error: ModelFileInvalid) -> None:
        """The engine could not load these files: until they change, nobody leaves for them."""
        self._headers.refuse(resolved.files, error)

    def measured(
        self, resolved: ResolvedModel, peak_mb: float | None, device_mb: float | None = None
    ) -> None:
        """`resolved` was loaded and took up to `peak_mb` MiB, which is reserved from now on, and
        so is what its engine allocated on GPUs.

        None, from an engine that does not know, changes nothing. A failure is logged.
        """
        if peak_mb is not None or device_mb is not None:
            self._peaks.record(resolved.spec, resolved.files, peak_mb or 0.0, device_mb or 0.0)

    def _by_engine(self, name: str, model: ModelSettings) -> ResolvedModel:
        if model.engine == "ollama":
            return self._ollama(name, model)
        if model.engine == "openai_http":
            return self._openai(name, model)
        return self._llama(name, model)

    def _ollama(self, name: str, model: ModelSettings) -> ResolvedModel:
        spec = self._spec(name, None)
        predicted_mb, arithmetic = ollama_reservation_mb(model, self._settings.ollama.base_url)
        measured_mb = self._measured_mb(spec, ()) if predicted_mb else None
        if measured_mb is None:
            return ResolvedModel(spec, predicted_mb, arithmetic, (), predicted_mb)
        # Ollama takes all of a model's memory when it loads it, so its figure replaces ours.
        told = f"{measured_mb} MiB: what Ollama said that it took"
        return ResolvedModel(spec, measured_mb, told, (), predicted_mb, measured_mb)

    def _openai(self, name: str, model: ModelSettings) -> ResolvedModel:
        server = self._settings.openai.servers[model.openai_server or ""]
        spec = replace(
            self._spec(name, None),
            remote_model=model.openai_model or "",
            base_url=server.base_url,
            api_key_env=server.api_key_env or "",
            modalities=model.openai_modalities,
            connect_timeout_s=server.connect_timeout_s,
            read_timeout_s=server.read_timeout_s,
        )
        need_mb, arithmetic = openai_reservation_mb(model, server)
        return ResolvedModel(spec, need_mb, arithmetic)

    def _llama(self, name: str, model: ModelSettings) -> ResolvedModel:
        files = locate(
            name,
            model,
            models_folder=self._settings.paths.models or self._folder.models,
        )
        checked = self._headers.read(files, model=name)
        for file, expected in self._expected(name, checked.identities):
            Checksums(self._database).require_known(file, expected, model=name)
        resolved = self._reserved(self._spec(name, files), checked, self._predict(name, checked))
        refuse_above_own_limit(resolved, model.max_memory_mb)
        return resolved

    def _reserved(
        self, spec: EngineSpec, checked: CheckedFiles, footprint: Footprint
    ) -> ResolvedModel:
        """The larger of what was predicted and what was measured, never less than predicted."""
        predicted_mb, arithmetic = footprint.total_mb, str(footprint)
        measured_mb = self._measured_mb(spec, checked.identities)
        need_mb = max(predicted_mb, measured_mb or 0)
        if need_mb > predicted_mb:
            arithmetic = f"{need_mb} MiB measured, more than predicted: {arithmetic}"
        resolved = ResolvedModel(
            spec, need_mb, arithmetic, checked.identities, predicted_mb, measured_mb
        )
        device = footprint.device
        return resolved if device is None else self._with_device(resolved, device)

    def _with_device(self, resolved: ResolvedModel, device: DeviceFootprint) -> ResolvedModel:
        """The same for the GPUs' memory."""
        told_mb = self._peaks.largest_device_mb(resolved.spec, resolved.files)
        need_mb, arithmetic = device.total_mb(told_mb), str(device)
        if need_mb > device.total_mb():
            arithmetic = f"{need_mb} MiB of GPU memory with what was measured: {arithmetic}"
        arithmetic = f"{resolved.arithmetic}; {arithmetic}"
        return replace(resolved, arithmetic=arithmetic, device_mb=need_mb)

    def _measured_mb(self, spec: EngineSpec, files: tuple[FileIdentity, ...]) -> int | None:
        peak_mb = self._peaks.largest_mb(spec, files)
        return None if peak_mb is None else math.ceil(peak_mb)

    def _expected(
        self, name: str, files: tuple[FileIdentity, ...]
    ) -> list[tuple[FileIdentity, str]]:
        """The files of which the configuration states a checksum."""
        model = self._settings.models[name]
        stated = zip(files, (model.sha256, model.mmproj_sha256), strict=False)
        return [(file, sha256) for file, sha256 in stated if sha256 is not None]

    def _predict(self, name: str, checked: CheckedFiles) -> Footprint:
        model = self._settings.models[name]
        gpu_layers = self._gpu_layers(model)
        gpus = self._devices.find(name) if gpu_layers else ()
        return predict_footprint(
            checked.header,
            checked.projector,
            context_tokens=model.context_length,
            embeddings=model.embeddings,
            cache_type=model.kv_cache_type,
            # Without a GPU llama.cpp passes over the setting.
            gpu_layers=gpu_layers if gpus else 0,
            gpus=len(gpus),
            unified=any(gpu.unified for gpu in gpus),
            image_max_tokens=self._settings.picture_tokens(name),
        )

    def _gpu_layers(self, model: ModelSettings) -> int:
        runtime = self._settings.runtime
        return runtime.gpu_layers if model.gpu_layers is None else model.gpu_layers

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
            gpu_layers=self._gpu_layers(model),
            embeddings=model.embeddings,
            kv_cache_type=model.kv_cache_type,
            image_max_tokens=self._settings.picture_tokens(name),
            log_path=self._folder.logs / f"{name}.log",
            states_path=self._folder.states / f"{name}.states",
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
