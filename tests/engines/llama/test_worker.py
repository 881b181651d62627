"""The worker alone, spoken to over its pipes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import IO

import pytest

from core.engines.llama.messages import encode_request, encode_spec
from core.engines.llama.wire import Frame, read_frame, write_frame
from tests.engines.contract import LONG
from tests.engines.llama.conftest import Models, spec_for


class Pipes:
    """Both ends of a running worker."""

    def __init__(self, send: IO[bytes], receive: IO[bytes]) -> None:
        self.send = send
        self._receive = receive

    def last_frame(self) -> Frame:
        """The frame that ends what was asked."""
        while frame := read_frame(self._receive):
            if frame.kind not in ("progress", "delta"):
                return frame
        pytest.fail("the worker has gone")


@pytest.fixture
def worker(models: Models) -> Iterator[Pipes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "core.engines.llama.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        pipes = Pipes(process.stdin, process.stdout)
        load = {"type": "load", "id": 0, "spec": encode_spec(spec_for(models.random))}
        write_frame(process.stdin, load)
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
