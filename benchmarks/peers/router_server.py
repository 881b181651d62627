"""llama.cpp's own server in router mode, as a child process.

Owns its start, its HTTP and its end; knows nothing of what is measured.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_LIMIT_S = 60.0
REQUEST_LIMIT_S = 600.0


class Router:
    """A running server."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def ask(self, model: str, prompt: str) -> int:
        """One greedy token; returns the HTTP status."""
        body = {
            "model": model,
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": 1,
            "temperature": 0,
        }
        return self._send("/v1/chat/completions", body)[0]

    def loaded(self) -> set[str]:
        """The models that are in memory and answer."""
        _, answer = self._send("/models", None)
        return {each["id"] for each in answer["data"] if each["status"]["value"] == "loaded"}

    def wait_until_up(self) -> None:
        deadline_s = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline_s:
            try:
                if self._send("/health", None)[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("llama-server did not start")

    def _send(self, path: str, body: Mapping[str, Any] | None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  loopback
            self._base_url + path, data, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_LIMIT_S) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, None


@contextmanager
def router(
    server: Path, models: Path, *, most_models: int, context_tokens: int, threads: int
) -> Iterator[Router]:
    """A router over the GGUF files of the folder `models`, with its own defaults otherwise."""
    port = _free_port()
    command = [server, "--models-dir", models, "--models-max", most_models, "--offline"]
    command += ["--host", "127.0.0.1", "--port", port, "-c", context_tokens, "-t", threads]
    process = subprocess.Popen(
        [str(each) for each in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        running = Router(f"http://127.0.0.1:{port}")
        running.wait_until_up()
        yield running
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
