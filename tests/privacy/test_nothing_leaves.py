"""Nothing leaves the machine: no tracing, no connection, no look-up of a name.

A whole session runs in a process of its own, with everything in its environment that would
make LangChain report it. Every process of the session notes each connection it tries.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.storage.folder import DataFolder

ROOT = Path(__file__).parent.parent.parent
TIMEOUT_S = 100

# Python imports a module of this name at its start, also in the workers.
SITECUSTOMIZE = """
import os, sys

def note(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        place = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        with open(os.environ["CONNECTIONS"], "a") as log:
            log.write(f"{event} {place!r}\\n")
    if event == "import" and arguments[0] == "llama_cpp.llama_cpp":
        with open(os.environ["CONNECTIONS"], "a") as log:
            log.write("a worker is watched\\n")

sys.addaudithook(note)
"""

SESSION = """
import sys
from langchain_core.tracers.langchain import wait_for_all_tracers
from core.graph import SARAiOrchestrator

samples = sys.argv[1]
turns = [
    "hola",
    {"input": "Estoy muy triste, mi perro ha muerto", "thread_id": "t"},
    "¿Cómo configuro SSH en Ubuntu?",
    "¿Qué tiempo hace hoy en Madrid?",
    {"input": "¿Cuál es la contraseña del wifi?", "retrieve_context": True},
    {"input": "?", "image_path": f"{samples}/red.png", "thread_id": "t"},
    {"input": "?", "video_path": f"{samples}/red.mp4"},
    {"audio_input": f"{samples}/low.wav"},
]
with SARAiOrchestrator() as assistant:
    for turn in turns:
        assert assistant.invoke(turn)["response"]
        *_, last = assistant.stream(turn)
        assert last.state["response"]
wait_for_all_tracers()
print("done")
"""


class Listener(BaseHTTPRequestHandler):
    """Takes whatever a tracer would send."""

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def do_PATCH(self) -> None:
        self._take()

    def _take(self) -> None:
        self.server.heard.append(f"{self.command} {self.path}")  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Tests stay quiet."""


@pytest.fixture
def collector() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    server.heard = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(
    script: str, *arguments: str, tmp_path: Path, environ: dict[str, str]
) -> tuple[str, list[str]]:
    """Run `script` in a process of its own; its output, and where it wanted to connect."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITECUSTOMIZE)
    connections = tmp_path / "connections.txt"
    connections.touch()
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(ROOT)]),
            "CONNECTIONS": str(connections),
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, connections.read_text().splitlines()


SERVERS = """
openai:
  servers:
    here: {base_url: "http://127.0.0.1:19/v1"}
    hosted: {base_url: "https://api.example.org/v1", leaves_this_machine: true}
models:
  served_here:
    {name: Here, engine: openai_http, openai_server: here, openai_model: m}
  served_elsewhere:
    {name: There, engine: openai_http, openai_server: hosted, openai_model: m}
"""


def tracing_environment(collector: ThreadingHTTPServer) -> dict[str, str]:
    """All that LangSmith knows to be switched on by."""
    endpoint = f"http://127.0.0.1:{collector.server_address[1]}"
    switches = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2")
    keys = {f"{prefix}_API_KEY": "lsv2_test" for prefix in ("LANGSMITH", "LANGCHAIN")}
    endpoints = {f"{prefix}_ENDPOINT": endpoint for prefix in ("LANGSMITH", "LANGCHAIN")}
    return {**dict.fromkeys(switches, "true"), **keys, **endpoints}


def test_a_whole_session_connects_to_nobody_and_is_traced_by_nobody(
    collector: ThreadingHTTPServer, folder: DataFolder, samples: Path, tmp_path: Path
) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "casa.md").write_text("La contraseña del wifi es «girasol-42».\n")
    servers = tmp_path / "servers.yaml"  # configured, and used by no route
    servers.write_text(SERVERS)
    output, noted = run(
        SESSION,
        str(samples),
        tmp_path=tmp_path,
        environ={
            **tracing_environment(collector),
            "SARAI_HOME": str(folder.root),
            "SARAI_CONFIG": str(servers),
            "SARAI__RETRIEVAL__FOLDER": str(documents),
        },
    )
    assert output == "done\n"
    assert collector.heard == []  # type: ignore[attr-defined]
    assert noted.count("a worker is watched") >= 4
    allowed = "socket.connect ('127.0.0.1', 9)"  # Ollama's configured address, nobody there
    names = "socket.getaddrinfo '127.0.0.1'"
    others = {line for line in noted if line not in (allowed, names, "a worker is watched")}
    assert others == set()


def test_the_watch_itself_sees_connections_and_traces(
    collector: ThreadingHTTPServer, tmp_path: Path
) -> None:
    """The counterpart: without SARAi in between, the same environment reports everything."""
    script = (
        "from langchain_core.runnables import RunnableLambda\n"
        "from langchain_core.tracers.langchain import wait_for_all_tracers\n"
        "RunnableLambda(lambda text: text).invoke('hola')\n"
        "wait_for_all_tracers()\n"
    )
    _, noted = run(script, tmp_path=tmp_path, environ=tracing_environment(collector))
    assert any("socket.connect" in line for line in noted)
    assert collector.heard  # type: ignore[attr-defined]


EXAMINATION = """
from core.interfaces.cli import main
main(["doctor", "--json"])
"""


def test_the_doctor_asks_nobody_but_configured_addresses_of_this_machine(
    collector: ThreadingHTTPServer, tmp_path: Path
) -> None:
    servers = tmp_path / "servers.yaml"
    servers.write_text(SERVERS)
    output, noted = run(
        EXAMINATION,
        tmp_path=tmp_path,
        environ={
            **tracing_environment(collector),
            "SARAI_HOME": str(tmp_path / "home"),
            "SARAI_CONFIG": str(servers),
            "QDRANT_URL": "https://cluster.example.org:6333",
        },
    )
    assert '"status": "warn"' in output
    assert collector.heard == []  # type: ignore[attr-defined]
    assert "a worker is watched" in noted
    places = {f"socket.connect ('127.0.0.1', {port})" for port in (9, 19)}
    names = {"socket.getaddrinfo '127.0.0.1'", "a worker is watched"}
    assert places <= set(noted) <= places | names
