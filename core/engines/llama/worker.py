"""The worker process: holds one model and answers requests, several at once.

Started by `worker_process` as `python -m core.engines.llama.worker`. Owns the loop that takes
requests from the pipe and moves those on that run; knows nothing of the rest of SARAi. It
ends when its parent's end of the pipe closes, whatever it is doing then.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from core.engines.llama.failures import failure_header
from core.engines.llama.messages import (
    decode_messages,
    decode_request,
    decode_spec,
    encode_completion,
)
from core.engines.llama.serving.aborts import Aborts
from core.engines.llama.serving.delta_stream import DeltaStream
from core.engines.llama.serving.worker_pipes import Inbox, Outbox
from core.engines.llama.wire import Frame
from core.engines.protocol import Completion, LoadProgress, TextDelta
from core.engines.spec import EngineSpec
from core.errors import EngineFailed, SARAiError

if TYPE_CHECKING:
    from core.engines.llama.serving.chat_model import ChatModel
    from core.engines.llama.serving.generation import Deliver

STDIN, STDOUT, STDERR = 0, 1, 2
PROGRESS_STEP = 0.01
PAUSE_S = 0.2
"""Nobody asked anything for so long: not in the middle of what agents ask one after another."""


class Worker:
    """Loads the model that the first frame names, then serves."""

    def __init__(self, inbox: Inbox, outbox: Outbox, aborts: Aborts) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._aborts = aborts

    def run(self) -> None:
        """Serve until the process is ended; returns when the model cannot be loaded, or is
        politely closed."""
        frame = self._inbox.wait()
        number, self._model_name = frame.header["id"], frame.header["spec"]["model"]
        try:
            model = self._load(number, decode_spec(frame.header["spec"]))
        except Exception as error:  # noqa: BLE001  # whatever it was, the parent must hear of it
            self._fail(number, error)
            return
        while True:
            arrived = self._inbox.next() if model.busy else self._wait(model)
            while arrived:
                if arrived.kind == "close":
                    _keep_states(model)
                    return
                self._serve(model, arrived)
                arrived = self._inbox.next()
            model.step()

    def _wait(self, model: ChatModel) -> Frame:
        """The next request; until it comes, what it may have to wait for is done."""
        arrived = self._inbox.wait(PAUSE_S)
        if arrived is None:
            model.use_pause()
        return arrived or self._inbox.wait()

    def _load(self, number: int, spec: EngineSpec) -> ChatModel:
        # Imported here so that a parent that dies meanwhile is noticed.
        from core.engines.llama.serving.chat_model import ChatModel  # noqa: PLC0415

        model = ChatModel(spec, self._aborts, self._progress_sender(number))
        device_mb = model.device_mb
        if device_mb:
            forget_peak()
        ready = {
            "type": "ready",
            "device_mb": device_mb,
            "capabilities": asdict(model.capabilities),
            "context_tokens": model.context_tokens,
        }
        self._outbox.send(number, ready)
        return model

    def _progress_sender(self, number: int) -> LoadProgress:
        sent = -1.0

        def send(fraction: float) -> None:
            nonlocal sent
            if fraction - sent >= PROGRESS_STEP or fraction == 1 != sent:
                sent = fraction
                self._outbox.send(number, {"type": "progress", "fraction": fraction})

        return send

    def _serve(self, model: ChatModel, frame: Frame) -> None:
        """Begin an answer, or give one that takes no generation."""
        number = frame.header["id"]
        try:
            if frame.kind == "generate":
                model.submit(number, decode_request(frame), self._deliver(number))
                return
            with self._aborts.evaluating([number]):
                self._answer_at_once(model, frame)
        except Exception as error:  # noqa: BLE001  # whatever it was, the parent must hear of it
            self._fail(number, error)
        self._aborts.close(number)

    def _answer_at_once(self, model: ChatModel, frame: Frame) -> None:
        number = frame.header["id"]
        match frame.kind:
            case "threads":
                model.set_threads(frame.header["threads"])
            case "count":
                count = model.count_tokens(decode_messages(frame))
                self._outbox.send(number, {"type": "counted", "tokens": count})
            case "embed":
                vectors = model.embed(frame.header["texts"])
                header = {"type": "vectors", "shape": vectors.shape}
                self._outbox.send(number, header, [vectors.data])
            case "word_vectors":
                vectors = model.word_vectors(frame.header["words"])
                header = {"type": "vectors", "shape": vectors.shape}
                self._outbox.send(number, header, [vectors.data])
            case "rerank":
                scores = model.rerank(frame.header["query"], frame.header["documents"])
                self._outbox.send(number, {"type": "scores"}, [scores.data])

    def _deliver(self, number: int) -> Deliver:
        """Sends the parts of one answer."""
        deltas = DeltaStream(
            lambda text: self._outbox.send(number, {"type": "delta", "text": text})
        )

        def deliver(item: TextDelta | Completion | Exception) -> None:
            if isinstance(item, TextDelta):
                deltas.add(item.text)
                return
            deltas.flush()
            if isinstance(item, Completion):
                self._outbox.send(number, {"type": "done", **encode_completion(item)})
            else:
                self._fail(number, item)

        return deliver

    def _fail(self, number: int, error: Exception) -> None:
        if not isinstance(error, SARAiError):
            traceback.print_exception(error)
            error = EngineFailed(
                f"The worker failed: {type(error).__name__}: {error}",
                model=self._model_name,
                hint="Its log has the details.",
            )
        self._outbox.send(number, failure_header(error))


def forget_peak() -> None:
    """Let VmHWM begin anew: the pages of weights that went to a GPU came through this process.

    Where the system refuses, the peak stays as it was, which is too high and harms nobody.
    """
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _keep_states(model: ChatModel) -> None:
    try:
        model.keep_states()
    except OSError as error:  # costs an evaluation; the log says why
        sys.stderr.write(f"The conversations could not be kept: {error}\n")


def _claim_stdout() -> BinaryIO:
    """A private copy of stdout; what else is printed goes to stderr, not between frames."""
    private = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    return os.fdopen(private, "wb")


def main() -> NoReturn:
    """Entry point of the worker process."""
    aborts = Aborts()
    inbox = Inbox(os.fdopen(STDIN, "rb", closefd=False), aborts)
    Worker(inbox, Outbox(_claim_stdout()), aborts).run()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
