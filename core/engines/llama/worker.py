"""The worker process: holds one model and answers one request after the other.

Started by `worker_process` as `python -m core.engines.llama.worker`. Owns the request loop
and the two ends of the pipe; knows nothing of the rest of SARAi. It ends when its parent's
end of the pipe closes, whatever it is doing then.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from core.engines.llama.abort_flag import AbortFlag
from core.engines.llama.delta_stream import DeltaStream
from core.engines.llama.failures import failure_header
from core.engines.llama.messages import (
    decode_messages,
    decode_request,
    decode_spec,
    encode_completion,
)
from core.engines.llama.wire import Buffer, Frame, Header, read_frame, write_frame
from core.engines.protocol import Completion, EngineSpec, LoadProgress
from core.errors import EngineFailed, SARAiError

if TYPE_CHECKING:
    from core.engines.llama.chat_model import ChatModel

STDIN, STDOUT, STDERR = 0, 1, 2
PROGRESS_STEP = 0.01


class Inbox:
    """Reads the pipe on a thread of its own, so that an abort is heard during a request.

    Requests are numbered upwards. An abort names its request: it may arrive before that
    request has begun, or after it has ended.
    """

    def __init__(self, stream: BinaryIO, flag: AbortFlag) -> None:
        self._stream = stream
        self._flag = flag
        self._requests: SimpleQueue[Frame] = SimpleQueue()
        self._lock = threading.Lock()
        self._current = self._aborted = -1
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def next(self) -> Frame:
        """Wait for the next request and make it the one that aborts speak of."""
        frame = self._requests.get()
        with self._lock:
            self._current = frame.header["id"]
            (self._flag.up if self._aborted >= self._current else self._flag.down)()
        return frame

    def _read(self) -> None:
        try:
            while frame := read_frame(self._stream):
                if frame.kind == "abort":
                    self._abort(frame.header["id"])
                else:
                    self._requests.put(frame)
        finally:
            # Not sys.exit: the main thread may be deep inside llama.cpp.
            os._exit(0)

    def _abort(self, request: int) -> None:
        with self._lock:
            self._aborted = max(self._aborted, request)
            if request == self._current:
                self._flag.up()


class Outbox:
    """Writes answers to the request that is being served."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.request = -1

    def send(self, header: Header, buffers: Sequence[Buffer] = ()) -> None:
        try:
            write_frame(self._stream, header | {"id": self.request}, buffers)
        except BrokenPipeError:
            os._exit(0)  # the parent has gone


class Worker:
    """Loads the model that the first frame names, then serves."""

    def __init__(self, inbox: Inbox, outbox: Outbox, flag: AbortFlag) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._flag = flag

    def run(self) -> None:
        """Serve until the process is ended; returns only when the model cannot be loaded."""
        frame = self._next()
        try:
            model = self._load(decode_spec(frame.header["spec"]))
        except Exception as error:  # noqa: BLE001  # whatever it was, the parent must hear of it
            self._fail(error, frame.header["spec"]["model"])
            return
        while True:
            self._serve(model, self._next())

    def _next(self) -> Frame:
        frame = self._inbox.next()
        self._outbox.request = frame.header["id"]
        return frame

    def _load(self, spec: EngineSpec) -> ChatModel:
        # Imported here so that a parent that dies meanwhile is noticed.
        from core.engines.llama.chat_model import ChatModel  # noqa: PLC0415

        self._model_name = spec.model
        model = ChatModel(spec, self._flag, self._progress_sender())
        capabilities = asdict(model.capabilities)
        self._outbox.send(
            {
                "type": "ready",
                "capabilities": capabilities,
                "context_tokens": model.context_tokens,
            }
        )
        return model

    def _progress_sender(self) -> LoadProgress:
        sent = -1.0

        def send(fraction: float) -> None:
            nonlocal sent
            if fraction - sent >= PROGRESS_STEP or fraction == 1 != sent:
                sent = fraction
                self._outbox.send({"type": "progress", "fraction": fraction})

        return send

    def _serve(self, model: ChatModel, frame: Frame) -> None:
        try:
            match frame.kind:
                case "generate":
                    self._generate(model, frame)
                case "count":
                    count = model.count_tokens(decode_messages(frame))
                    self._outbox.send({"type": "counted", "tokens": count})
                case "embed":
                    vectors = model.embed(frame.header["texts"])
                    header = {"type": "vectors", "shape": vectors.shape}
                    self._outbox.send(header, [vectors.data])
                case "rerank":
                    scores = model.rerank(frame.header["query"], frame.header["documents"])
                    self._outbox.send({"type": "scores"}, [scores.data])
        except Exception as error:  # noqa: BLE001  # whatever it was, the parent must hear of it
            self._fail(error, self._model_name)

    def _generate(self, model: ChatModel, frame: Frame) -> None:
        deltas = DeltaStream(lambda text: self._outbox.send({"type": "delta", "text": text}))
        for item in model.generate(decode_request(frame)):
            if isinstance(item, Completion):
                deltas.flush()
                self._outbox.send({"type": "done", **encode_completion(item)})
            else:
                deltas.add(item.text)

    def _fail(self, error: Exception, model: str) -> None:
        if not isinstance(error, SARAiError):
            traceback.print_exception(error)
            error = EngineFailed(
                f"The worker failed: {type(error).__name__}: {error}",
                model=model,
                hint="Its log has the details.",
            )
        self._outbox.send(failure_header(error))


def _claim_stdout() -> BinaryIO:
    """A private copy of stdout; what else is printed goes to stderr, not between frames."""
    private = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    return os.fdopen(private, "wb")


def main() -> NoReturn:
    """Entry point of the worker process."""
    flag = AbortFlag()
    inbox = Inbox(os.fdopen(STDIN, "rb", closefd=False), flag)
    Worker(inbox, Outbox(_claim_stdout()), flag).run()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
