"""The llama.cpp engine as SARAi sees it: one loaded GGUF behind the `Engine` protocol.

Owns the words spoken with the worker; knows nothing of llama.cpp. Callers do not wait for one
another here: the worker answers several at once and queues the rest.
"""

from __future__ import annotations

import re
import sys
import weakref
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.cancellation import Cancellation
from core.engines.llama.messages import (
    decode_completion,
    encode_messages,
    encode_request,
    encode_spec,
)
from core.engines.llama.wire import Buffer, Frame, Header
from core.engines.llama.worker_process import WorkerProcess
from core.engines.protocol import (
    Capabilities,
    Completion,
    GenerationRequest,
    LoadProgress,
    Message,
    TextDelta,
    Usage,
)
from core.engines.request_checks import check_request, require_capable
from core.engines.spec import EngineSpec
from core.errors import Cancelled, EngineCrashed, ModelUnavailable


class LlamaEngine:
    """One GGUF in a worker process of its own. Use `open`."""

    def __init__(self, spec: EngineSpec, worker: WorkerProcess, ready: Frame) -> None:
        self._spec = spec
        self._worker = worker
        self._capabilities = Capabilities(**ready.header["capabilities"])
        self._device_mb = float(ready.header["device_mb"])
        self._context_tokens = int(ready.header["context_tokens"])
        # An engine that is dropped, or alive at exit, takes its process with it.
        self._close = weakref.finalize(self, worker.close)

    @classmethod
    def open(
        cls,
        spec: EngineSpec,
        *,
        progress: LoadProgress | None = None,
        cancel: Cancellation | None = None,
    ) -> LlamaEngine:
        """Start a worker and load the model.

        Raises:
            ModelUnavailable: a file of the model is missing.
            ModelFileInvalid: llama.cpp refuses the file; its reason is in the message.
            EngineCrashed: the file brought the worker down.
            Cancelled: on request.
        """
        _require_files(spec)
        worker = WorkerProcess(spec)
        try:
            ready = _load(worker, spec, progress, cancel)
        except BaseException:
            worker.kill()
            worker.close()
            raise
        return cls(spec, worker, ready)

    @property
    def model(self) -> str:
        return self._spec.model

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def context_tokens(self) -> int:
        return self._context_tokens

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None
    ) -> Generator[TextDelta | Completion, None, None]:
        """As `Engine.generate`."""
        check_request(request)
        require_capable(request, self._capabilities, self.model)
        values, buffers = encode_request(request)
        header = {"type": "generate"} | values
        try:
            if cancel:
                cancel.raise_if_cancelled()
            with closing(self._worker.exchange(header, buffers, cancel)) as frames:
                for frame in frames:
                    yield _answer(frame)
        except Cancelled:  # before the worker knew of it, or could say what it cost
            yield Completion("cancelled", Usage(0, 0))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """As `Engine.count_tokens`."""
        values, buffers = encode_messages(messages)
        return int(self._ask({"type": "count"} | values, buffers).header["tokens"])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `Engine.embed`."""
        return _vectors(self._ask({"type": "embed", "texts": list(texts)}))

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """As `Engine.word_vectors`."""
        return _vectors(self._ask({"type": "word_vectors", "words": list(words)}))

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        """As `Engine.rerank`."""
        frame = self._ask({"type": "rerank", "query": query, "documents": list(documents)})
        return np.frombuffer(frame.blob, dtype=np.float32).copy()

    def alive(self) -> bool:
        """As `Engine.alive`."""
        return self._worker.running()

    def watch(self, died: Callable[[], None]) -> None:
        """As `Engine.watch`."""
        self._worker.watch(died)

    def set_threads(self, threads: int) -> None:
        """As `Engine.set_threads`; pictures and recordings keep the threads of the spec."""
        self._worker.tell({"type": "threads", "threads": threads})

    def memory_mb(self) -> float | None:
        """Resident memory of the worker in MiB; None where the system does not tell."""
        return self._status_mb("VmRSS")

    def peak_memory_mb(self) -> float | None:
        """The worker's largest resident memory so far in MiB; None as for `memory_mb`."""
        return self._status_mb("VmHWM")

    def device_memory_mb(self) -> float | None:
        """What llama.cpp allocated on GPUs when it loaded the model, MiB; None without one.

        What a driver keeps for the process, and the work on pictures, is not in it.
        """
        return self._device_mb or None

    def close(self) -> None:
        """As `Engine.close`; whoever still waits for an answer gets EngineFailed.

        With a `states_path`, what the conversations came to is written there first.
        """
        if self._spec.states_path is not None and self._close.alive:
            self._worker.keep_states()
        self._close()

    def _status_mb(self, field: str) -> float | None:
        """A field of the worker's /proc/PID/status, which are in KiB."""
        if sys.platform != "linux" or not self.alive():
            return None
        try:
            status = Path(f"/proc/{self._worker.process_id}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):  # it died this moment
            return None
        found = re.search(rf"^{field}:\s+(\d+)", status, flags=re.MULTILINE)
        return int(found[1]) / 1024 if found else None  # a zombie has none

    def _ask(self, header: Header, buffers: Sequence[Buffer] = ()) -> Frame:
        """A request with one frame for an answer."""
        (frame,) = self._worker.exchange(header, buffers)
        return frame


def _require_files(spec: EngineSpec) -> None:
    for path in (spec.gguf_path, spec.mmproj_path):
        if path is not None and not path.is_file():
            raise ModelUnavailable(
                f"The file {path} of {spec.model} is missing.",
                model=spec.model,
                hint="Install the model, or correct its path in the configuration.",
            )


def _load(
    worker: WorkerProcess,
    spec: EngineSpec,
    progress: LoadProgress | None,
    cancel: Cancellation | None,
) -> Frame:
    """Send the load request and follow it until the model is ready."""
    request = {"type": "load", "spec": encode_spec(spec)}
    try:
        # Nothing is worth keeping of a load that is called off, and a kill is instant.
        with cancel.on_cancel(worker.kill) if cancel else nullcontext():
            for frame in worker.exchange(request):
                if frame.kind == "progress" and progress:
                    progress(frame.header["fraction"])
    except EngineCrashed:
        if cancel:
            cancel.raise_if_cancelled()
        raise
    if cancel:  # the last frame may have come before the kill
        cancel.raise_if_cancelled()
    return frame


def _vectors(frame: Frame) -> NDArray[np.float32]:
    # A copy, because a view of the received bytes could not be written to.
    return np.frombuffer(frame.blob, dtype=np.float32).reshape(frame.header["shape"]).copy()


def _answer(frame: Frame) -> TextDelta | Completion:
    if frame.kind == "delta":
        return TextDelta(frame.header["text"])
    return decode_completion(frame.header)
