"""Ollama, OpenAI-compatible servers and Qdrant: up, down, hanging, wrong, and elsewhere."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.doctor import Finding
from core.doctor.checks.ollama import check_ollama
from core.doctor.checks.openai_servers import check_openai_servers
from core.doctor.checks.qdrant import check_qdrant
from tests.doctor.surroundings import by_subject, only, surroundings
from tests.ollama_emulator import EmulatedModel, OllamaEmulator, Refuse
from tests.openai_emulator import EmulatedModel as ServedModel
from tests.openai_emulator import OpenAIEmulator


def ollama_at(tmp_path: Path, base_url: str) -> Finding:
    around = surroundings(tmp_path / "m", {"ollama": {"base_url": base_url}})
    return only(check_ollama, around)


def test_ollama_with_its_models(tmp_path: Path) -> None:
    with OllamaEmulator([EmulatedModel("solar:10.7b"), EmulatedModel("moondream")]) as server:
        found = ollama_at(tmp_path, server.base_url)
        assert (found.status, found.found) == (
            "ok",
            f"version 0.32.1 at {server.base_url}, with solar:10.7b, moondream",
        )
    with OllamaEmulator() as server:
        assert ollama_at(tmp_path, server.base_url).found.endswith("with no models")


def test_ollama_that_is_too_old(tmp_path: Path) -> None:
    with OllamaEmulator(version="0.5.1") as server:
        found = ollama_at(tmp_path, server.base_url)
    assert found.status == "warn"
    assert "0.5.1" in found.found
    assert "too old" in found.found


def test_ollama_that_does_not_run(tmp_path: Path) -> None:
    wanting = {"runtime": {"profile": "best_of_breed"}}
    around = surroundings(tmp_path / "m", wanting)
    found = only(check_ollama, around)
    assert (found.status, found.found) == ("warn", "Ollama does not answer at http://127.0.0.1:9.")
    assert "ollama pull solar:10.7b" in found.cure
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ollama").touch(0o755)
    installed = surroundings(tmp_path / "m", wanting, environ={"PATH": str(tmp_path / "bin")})
    assert only(check_ollama, installed).cure.startswith("Start it with `ollama serve`")


@pytest.mark.parametrize("profile", ["auto", "nano", "apache"])
def test_ollama_that_nobody_needs(tmp_path: Path, profile: str) -> None:
    around = surroundings(tmp_path / "m", {"runtime": {"profile": profile}})
    found = only(check_ollama, around)
    assert (found.status, found.cure) == ("ok", "")
    assert found.found.endswith("and no configured model needs it")


def test_ollama_for_whoever_takes_all_of_it(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m", {"runtime": {"profile": "ollama"}})
    found = only(check_ollama, around)
    assert found.status == "warn"
    assert "ollama pull " in found.cure


def test_ollama_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started_s = time.monotonic()
        found = ollama_at(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert found.status == "warn"
    assert time.monotonic() - started_s < 10


def test_ollama_that_is_none_or_refuses(tmp_path: Path) -> None:
    with OllamaEmulator() as server:
        for path in ("/api/version", "/api/tags"):
            server.fail_next(Refuse(500, "broken"), path)
            found = ollama_at(tmp_path, server.base_url)
            assert (found.status, bool(found.cure)) == ("warn", True)


def test_ollama_elsewhere_is_not_asked(tmp_path: Path) -> None:
    found = ollama_at(tmp_path, "http://gpu-box:11434")
    assert (found.status, found.found) == (
        "ok",
        "http://gpu-box:11434 is another machine, which is not asked",
    )


def test_openai_servers(tmp_path: Path) -> None:
    assert only(check_openai_servers, surroundings(tmp_path / "m")).found.startswith("none")
    names = [f"m{number}" for number in range(7)]
    with OpenAIEmulator([ServedModel(name) for name in names]) as server:
        servers = {
            "here": {"base_url": server.base_url},
            "gone": {"base_url": "http://127.0.0.1:9/v1"},
            "hosted": {"base_url": "https://api.example.org/v1", "leaves_this_machine": True},
            "keyed": {
                "base_url": "https://api.example.org/v1",
                "leaves_this_machine": True,
                "api_key_env": "SOME_KEY",
            },
        }
        around = surroundings(tmp_path / "m", {"openai": {"servers": servers}})
        found = by_subject(check_openai_servers, around)
        here = f"{server.base_url} answers, with m0, m1, m2, m3, m4, ..."
        assert (found["here"].status, found["here"].found) == ("ok", here)
    assert found["gone"].status == "warn"
    assert "cannot be reached" in found["gone"].found
    assert "openai.servers" in found["gone"].cure
    assert found["hosted"].status == "ok"
    assert "not asked" in found["hosted"].found
    assert (found["keyed"].status, found["keyed"].cure) == ("warn", "export SOME_KEY=...")
    assert "SOME_KEY is not set" in found["keyed"].found


def test_a_key_is_never_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE_KEY", "sk-wrong")
    with OpenAIEmulator([ServedModel("m")], api_key="sk-right") as server:
        servers = {"here": {"base_url": server.base_url, "api_key_env": "HERE_KEY"}}
        around = surroundings(tmp_path / "m", {"openai": {"servers": servers}})
        found = only(check_openai_servers, around)
    assert found.status == "warn"
    assert "HERE_KEY" in found.cure
    assert "sk-" not in found.found + found.cure


class _Qdrant(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body: bytes = self.server.answer  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Tests stay quiet."""


@pytest.fixture
def qdrant() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Qdrant)
    server.answer = b'{"title":"qdrant - vector search engine","version":"1.15.1"}'  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def qdrant_at(tmp_path: Path, address: str) -> Finding:
    around = surroundings(tmp_path / "m", environ={"QDRANT_URL": address} if address else {})
    return only(check_qdrant, around)


def test_qdrant_is_not_needed(tmp_path: Path) -> None:
    found = qdrant_at(tmp_path, "")
    assert (found.status, found.found) == ("ok", "not configured, not needed")


def test_qdrant_that_answers(tmp_path: Path, qdrant: ThreadingHTTPServer) -> None:
    address = f"http://127.0.0.1:{qdrant.server_address[1]}"
    assert qdrant_at(tmp_path, address).found == f"version 1.15.1 at {address}"


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b"[]", b'{"title": "x", "version": "1"}'])
def test_something_else_at_its_address(
    tmp_path: Path, qdrant: ThreadingHTTPServer, answer: bytes
) -> None:
    qdrant.answer = answer  # type: ignore[attr-defined]
    found = qdrant_at(tmp_path, f"http://127.0.0.1:{qdrant.server_address[1]}")
    assert found.status == "warn"
    assert "no Qdrant answers" in found.found


def test_qdrant_down_silent_misspelt_or_elsewhere(tmp_path: Path) -> None:
    down = qdrant_at(tmp_path, "http://127.0.0.1:9")
    assert (down.status, "unset QDRANT_URL" in down.cure) == ("warn", True)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = qdrant_at(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert (found.status, "timed out" in found.found) == ("warn", True)
    assert qdrant_at(tmp_path, "127.0.0.1:6333").cure.startswith("export QDRANT_URL=")
    elsewhere = qdrant_at(tmp_path, "https://cluster.example.org:6333")
    assert (elsewhere.status, "not asked" in elsewhere.found) == ("ok", True)
