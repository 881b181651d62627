"""Real engines that outlive the pools that open them.

To a pool they open and close as any other. One that is closed stays loaded, for the next pool
that wants the same file in the same way: starting a worker costs more than most of what a test
asks of it. For tests of what is done with models; those of loading, unloading and dying open
their own.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

from core.cancellation import Cancellation
from core.engines.llama.engine import LlamaEngine
from core.engines.llama.wire import Frame
from core.engines.llama.worker_process import WorkerProcess
from core.engines.protocol import Completion, Engine, GenerationRequest, LoadProgress, TextDelta
from core.engines.spec import EngineSpec
from core.engines.table import open_engine

MOST_KEPT = 16
"""Workers that wait at once; each takes some 60 MiB."""


class KeptEngine(LlamaEngine):
    """Does not end when it is closed, unless it is still answering or has died."""

    def __init__(self, spec: EngineSpec, worker: WorkerProcess, ready: Frame) -> None:
        super().__init__(spec, worker, ready)
        self.kept_as = _kept_as(spec)
        self._answering: list[GenerationRequest] = []
        self._died: Callable[[], None] | None = None
        super().watch(self._tell)

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None
    ) -> Generator[TextDelta | Completion, None, None]:
        self._answering.append(request)
        try:
            yield from super().generate(request, cancel)
        finally:
            self._answering.remove(request)

    def watch(self, died: Callable[[], None]) -> None:
        """Only who holds it now is told."""
        self._died = died
        if not self.alive():
            self._tell()

    def _tell(self) -> None:
        died, self._died = self._died, None
        if died is not None:
            died()

    def close(self) -> None:
        self._died = None
        if self._answering or not self.alive():
            self.end()
        else:
            self.set_threads(self._spec.threads)
            _keep(self)

    @property
    def process_id(self) -> int:
        return self._worker.process_id

    def end(self) -> None:
        super().close()


_kept: list[KeptEngine] = []
_lock = threading.Lock()


def open_kept(
    spec: EngineSpec,
    *,
    progress: LoadProgress | None = None,
    cancel: Cancellation | None = None,
) -> Engine:
    """As `core.engines.table.open_engine`; a worker that has this model may be there already."""
    if spec.engine != "llama" or not _there(spec):
        return open_engine(spec, progress=progress, cancel=cancel)
    return kept_llama(spec, progress=progress, cancel=cancel)


def kept_llama(
    spec: EngineSpec,
    *,
    progress: LoadProgress | None = None,
    cancel: Cancellation | None = None,
) -> LlamaEngine:
    """As `LlamaEngine.open`; its files have to be there."""
    found = _take(_kept_as(spec))
    if found is None:
        spec = replace(spec, states_path=None)
        return KeptEngine.open(spec, progress=progress, cancel=cancel)
    if progress is not None:
        progress(1.0)
    return found


def _take(wanted: tuple[EngineSpec, str]) -> KeptEngine | None:
    with _lock:
        found = next((each for each in _kept if each.kept_as == wanted), None)
        if found is not None:
            _kept.remove(found)
    if found is not None and not found.alive():
        found.end()
        return None
    return found


def waiting_process_ids() -> set[int]:
    """The workers that nobody has now."""
    with _lock:
        return {engine.process_id for engine in _kept}


def end_kept() -> None:
    """End those that wait."""
    while _kept:
        _kept.pop().end()


def _keep(engine: KeptEngine) -> None:
    with _lock:
        if engine not in _kept:
            _kept.append(engine)
        leaves = _kept.pop(0) if len(_kept) > MOST_KEPT else None
    if leaves is not None:
        leaves.end()


def _files(spec: EngineSpec) -> list[Path]:
    return [path for path in (spec.gguf_path, spec.mmproj_path) if path is not None]


def _there(spec: EngineSpec) -> bool:
    return all(path.is_file() for path in _files(spec))


def _kept_as(spec: EngineSpec) -> tuple[EngineSpec, str]:
    """What has to be the same: all but where files lie, and their content."""
    content = hashlib.sha256()
    for path in _files(spec):
        content.update(path.read_bytes())
    nowhere = replace(spec, gguf_path=None, mmproj_path=None, log_path=None, states_path=None)
    return nowhere, content.hexdigest()
