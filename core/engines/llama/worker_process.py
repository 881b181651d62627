"""The engine's side of a worker process: starting it, talking to it, noticing its death.

Owns the process, its pipes and the threads that serve them; knows nothing of what is asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import nullcontext, suppress
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from signal import Signals
from typing import BinaryIO

import core
from core.cancellation import Cancellation
from core.engines.llama.exchanges import Frames, Incoming, Notice
from core.engines.llama.failures import failure_from_header
from core.engines.llama.wire import Buffer, Frame, Header, write_frame
from core.engines.llama.worker_log import WorkerLog
from core.engines.spec import EngineSpec
from core.errors import Cancelled, EngineCrashed, EngineFailed, ModelError

EXIT_LIMIT_S = 2.0
CANCEL_LIMIT_S = 0.5
"""How long somebody who cancels waits for the worker's last word, which tells what it cost."""
UNFINISHED = ("progress", "delta")
"""Kinds of frames after which more follow; every other kind ends an exchange."""

_HINTS = {
    Signals.SIGKILL: "Memory probably ran out; close programs or use a smaller model.",
    Signals.SIGBUS: "Its file changed or could not be read while in use; check the disk.",
    Signals.SIGPROF: "Its chat template, or the grammar of the request, computes without end.",
}
_DEFAULT_HINT = "The model's file may be damaged; download it again."


class WorkerProcess:
    """A child process that holds one model.

    Frames go out and come in on threads of their own. So a caller that is interrupted never
    leaves half a frame on a pipe, and `abort` is safe in signal handlers and finalizers.

    Raises: StorageError, when the log file cannot be opened.
    """

    def __init__(self, spec: EngineSpec) -> None:
        self._model = spec.model
        self._log = WorkerLog(spec.log_path)
        self._process = _start(spec.model, self._log)
        self._outgoing: SimpleQueue[tuple[Header, Sequence[Buffer]] | None] = SimpleQueue()
        self._incoming = Incoming()
        self._numbers = count()
        self._closed = False
        self._died_first = False
        self._threads = [
            _thread("sender", _send_all, self._process.stdin, self._outgoing),
            _thread("receiver", self._incoming.receive_all, self._process.stdout),
        ]

    @property
    def process_id(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        """False after a crash or `close`."""
        return not self._closed and self._process.poll() is None

    def exchange(
        self,
        header: Header,
        buffers: Sequence[Buffer] = (),
        cancel: Cancellation | None = None,
    ) -> Generator[Frame]:
        """Send one request and yield the frames that answer it, up to the final one.

        Any number of exchanges may go on at once, each in a thread of its own or not.
        Cancelling aborts the request in the worker, which then answers accordingly; closing
        the iterator aborts it too.

        Raises: EngineCrashed, EngineFailed, and what the worker answers with; Cancelled, when
            it was cancelled and the worker is too busy with another request to say so.
        """
        number = next(self._numbers)
        frames = self._incoming.expect(number)
        self._outgoing.put((header | {"id": number}, buffers))
        unfinished = True
        try:
            with (
                cancel.on_cancel(lambda: self._call_off(number, frames))
                if cancel
                else nullcontext()
            ):
                for frame in self._frames(frames):
                    unfinished = frame.kind in UNFINISHED
                    yield frame
        finally:
            self._incoming.forget(number)
            if unfinished:
                self._abort(number)

    def kill(self) -> None:
        """End the process at once; whoever waits for it gets EngineCrashed."""
        self._process.kill()

    def watch(self, died: Callable[[], None]) -> None:
        """Call `died` when the process ends before `close`; at once when it has."""
        self._incoming.when_ended(lambda: None if self._closed else died())

    def tell(self, header: Header) -> None:
        """Send what needs no answer."""
        self._outgoing.put((header | {"id": next(self._numbers)}, ()))

    def keep_states(self) -> None:
        """Ask the worker to write what its conversations came to, and then to end."""
        self.tell({"type": "close"})

    def close(self) -> None:
        """End the process, politely first, and free everything; safe to call twice."""
        if not self._closed:
            # Its pipe may close a moment before the system calls the process dead.
            self._died_first = self._incoming.ended or self._process.poll() is not None
            self._closed = True
        self._outgoing.put(None)
        try:
            self._process.wait(EXIT_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():  # where a finalizer may run
                thread.join()
        self._log.close()

    def _abort(self, number: int) -> None:
        self._outgoing.put(({"type": "abort", "id": number}, ()))

    def _call_off(self, number: int, frames: Frames) -> None:
        self._abort(number)
        frames.put(Notice.CALLED_OFF)

    def _frames(self, incoming: Frames) -> Iterator[Frame]:
        """What answers an exchange, up to its final frame."""
        limit_s: float | None = None
        while True:
            try:
                frame = incoming.get(timeout=limit_s)
            except Empty:
                raise Cancelled("Stopped on request.") from None
            if frame is Notice.CALLED_OFF:
                limit_s = CANCEL_LIMIT_S
                continue
            if frame is Notice.GONE:
                raise self._gone()
            if frame.kind == "error":
                raise failure_from_header(frame.header, model=self._model)
            yield frame
            if frame.kind not in UNFINISHED:
                return

    def _gone(self) -> ModelError:
        if self._closed and not self._died_first:
            return EngineFailed(
                f"{self._model} was closed.", model=self._model, hint="Open it again."
            )
        try:
            status = self._process.wait(EXIT_LIMIT_S)
        except subprocess.TimeoutExpired:  # it closed its pipe, but lives on
            self._process.kill()
            status = self._process.wait()
        cause = Signals(-status) if status < 0 else None
        how = f"died of {cause.name}" if cause else f"ended with status {status}"
        said = self._log.last_lines()
        return EngineCrashed(
            f"The worker process of {self._model} {how}" + (f": {said}" if said else "."),
            model=self._model,
            hint=_HINTS.get(cause, _DEFAULT_HINT) if cause else _DEFAULT_HINT,
        )


def _start(model: str, log: WorkerLog) -> subprocess.Popen[bytes]:
    # -P: a folder named `core` where the user happens to be must not be imported instead.
    # The model's name is only for people who look at the list of processes.
    # Its own process group: Ctrl-C in the terminal is for SARAi to handle.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "core.engines.llama.worker", model],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log.descriptor,
        env=worker_environment(),
        process_group=0,
    )


def worker_environment() -> dict[str, str]:
    """For every process that runs llama.cpp."""
    here = str(Path(next(iter(core.__path__))).parent)
    inherited = os.environ.get("PYTHONPATH")
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, (here, inherited))),
        # Threads that spin while they wait are 12 times slower when cores are shared.
        "OMP_WAIT_POLICY": "PASSIVE",
        # A freed copy of a conversation goes back to the system, whatever was freed before:
        # glibc would raise its threshold to the largest block that it has seen.
        "MALLOC_MMAP_THRESHOLD_": str(2**20),
        # On an abort, ggml would start a debugger to print where it was.
        "GGML_NO_BACKTRACE": "1",
    }


def _thread(name: str, target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, name=name, daemon=True)
    thread.start()
    return thread


def _send_all(
    pipe: BinaryIO, outgoing: SimpleQueue[tuple[Header, Sequence[Buffer]] | None]
) -> None:
    """Write what comes until None comes or the worker has gone, which the receiver tells."""
    with suppress(BrokenPipeError), pipe:
        while (item := outgoing.get()) is not None:
            write_frame(pipe, *item)
