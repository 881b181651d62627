"""The worker alone, spoken to over its pipes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

import psutil
import pytest

from core.engines.llama.messages import encode_request, encode_spec
from core.engines.llama.wire import Frame, read_frame, write_frame
from core.engines.protocol import Message
from tests.engines.contract import LONG
from tests.engines.llama.conftest import Models, spec_for

COPY_BYTES = 500_000  # of the conversation below, at least


class Pipes:
    """Both ends of a running worker."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.send: IO[bytes] = process.stdin
        self._receive: IO[bytes] = process.stdout
        self._process = psutil.Process(process.pid)

    def last_frame(self) -> Frame:
        """The frame that ends what was asked."""
        while frame := read_frame(self._receive):
            if frame.kind not in ("progress", "delta"):
                return frame
        pytest.fail("the worker has gone")

    def memory_bytes(self) -> int:
        return int(self._process.memory_info().rss)


@pytest.fixture
def worker(models: Models) -> Iterator[Pipes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "core.engines.llama.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        pipes = Pipes(process)
        load = {"type": "load", "id": 0, "spec": encode_spec(spec_for(models.random))}
        write_frame(pipes.send, load)
        assert pipes.last_frame().kind == "ready"
        yield pipes


def test_an_abort_that_comes_before_its_request_has_begun_counts(worker: Pipes) -> None:
    values, _ = encode_request(LONG)
    for number in range(1, 7):
        write_frame(worker.send, {"type": "generate", "id": number} | values)
    write_frame(worker.send, {"type": "abort", "id": 6})
    ends = [worker.last_frame().header for _ in range(6)]
    assert ends[0]["id"] == 6
    assert ends[0]["finish_reason"] == "cancelled"
    assert ends[0]["usage"]["prompt_tokens"] == 0
    assert {end["finish_reason"] for end in ends[1:]} == {"length"}


def test_in_a_pause_it_makes_ready_for_another_conversation(worker: Pipes) -> None:
    """A copy of what was said takes memory, and nothing else happens in a worker that rests."""
    # On a busy machine the pause may be over before the first look at the memory.
    assert any(grows_at_rest(worker, f"hola {number}") for number in range(5))


def grows_at_rest(worker: Pipes, question: str) -> bool:
    request = replace(LONG, messages=(Message.text("user", question),), max_tokens=1500)
    values, _ = encode_request(request)
    write_frame(worker.send, {"type": "generate", "id": 1} | values)
    assert worker.last_frame().kind == "done"
    answered_bytes = worker.memory_bytes()
    deadline_s = time.monotonic() + 2
    while time.monotonic() < deadline_s:
        if worker.memory_bytes() >= answered_bytes + COPY_BYTES:
            return True
        time.sleep(0.05)
    return False
