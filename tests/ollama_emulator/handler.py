"""Ollama's HTTP interface over an emulator's models.

Source of the shapes: docs/api.md and api/types.go of ollama/ollama, version 0.32.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.ollama_emulator import answers
from tests.ollama_emulator.faults import EndEarly, Line, Refuse
from tests.ollama_emulator.models import EmulatedModel, count_text_tokens
from tests.ollama_emulator.recording import RecordedRequest
from tests.ollama_emulator.streaming import NdjsonStream

if TYPE_CHECKING:
    from tests.ollama_emulator.emulator import OllamaEmulator

DEFAULT_CONTEXT_TOKENS = 4096
TOO_LONG = "the input length exceeds the context length"


class RequestRefused(Exception):
    """An HTTP error to answer with."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class EmulatedHttpServer(ThreadingHTTPServer):
    """Binds a free loopback port at once; handlers find the emulator in `emulator`."""

    daemon_threads = True
    # Many clients may come at once; a full queue makes the kernel drop one for a second.
    request_queue_size = 128

    def __init__(self, emulator: OllamaEmulator) -> None:
        super().__init__(("127.0.0.1", 0), OllamaHandler)
        self.emulator = emulator


class OllamaHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: EmulatedHttpServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Tests stay quiet."""

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else {}
        # Options without a value count as absent; langchain-ollama's embeddings send such.
        given = body.get("options") or {}
        body["options"] = {name: value for name, value in given.items() if value is not None}
        self.request_record = RecordedRequest(self.command, self.path, body, dict(self.headers))
        self.server.emulator.record(self.request_record)
        self.fault = self.server.emulator.next_fault(self.path)
        try:
            self._route()(body)
        except RequestRefused as refusal:
            self._answer({"error": refusal.error}, refusal.status)
        except ConnectionError:
            self.request_record.disconnected.set()

    def _route(self) -> Callable[[dict[str, Any]], None]:
        if isinstance(self.fault, Refuse):
            raise RequestRefused(self.fault.status, self.fault.error)
        routes = {
            ("GET", "/api/version"): self._version,
            ("GET", "/api/tags"): self._tags,
            ("GET", "/api/ps"): self._ps,
            ("POST", "/api/show"): self._show,
            ("POST", "/api/chat"): self._chat,
            ("POST", "/api/generate"): self._generate,
            ("POST", "/api/embed"): self._embed,
            ("POST", "/api/pull"): self._pull,
            ("DELETE", "/api/delete"): self._delete,
        }
        route = routes.get((self.command, self.path))
        if route is None:
            raise RequestRefused(404, "404 page not found")
        return route

    def _version(self, _: dict[str, Any]) -> None:
        self._answer({"version": self.server.emulator.version})

    def _tags(self, _: dict[str, Any]) -> None:
        self._answer({"models": [answers.tag(m) for m in self.server.emulator.installed]})

    def _ps(self, _: dict[str, Any]) -> None:
        loaded = self.server.emulator.loaded
        self._answer({"models": [answers.process(model, context) for model, context in loaded]})

    def _show(self, body: dict[str, Any]) -> None:
        self._answer(answers.show(self._model(body)))

    def _generate(self, body: dict[str, Any]) -> None:
        """Only what loads and unloads; nothing here generates without chat."""
        model = self._model(body)
        if body.get("prompt"):
            raise RequestRefused(501, "the emulator generates by /api/chat only")
        unload = body.get("keep_alive") == 0
        if unload:
            self.server.emulator.unload(model.name)
        else:
            self._load(model, body)
        self._answer(answers.generate_end(body["model"], "unload" if unload else "load"))

    def _embed(self, body: dict[str, Any]) -> None:
        model = self._model(body)
        context_tokens = self._load(model, body)
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        counts = [count_text_tokens(text) for text in texts]
        if body.get("truncate") is False and max(counts, default=0) > context_tokens:
            raise RequestRefused(400, TOO_LONG)
        vectors = [model.embedding(text) for text in texts]
        self._answer(answers.embeddings(body["model"], vectors, sum(counts)))

    def _chat(self, body: dict[str, Any]) -> None:
        model = self._model(body)
        if "completion" not in model.capabilities:
            raise RequestRefused(400, f'"{body["model"]}" does not support chat')
        if body.get("think") and "thinking" not in model.capabilities:
            raise RequestRefused(400, f'"{body["model"]}" does not support thinking')
        if body.get("tools") and "tools" not in model.capabilities:
            name = f"registry.ollama.ai/library/{body['model']}"
            raise RequestRefused(400, f"{name} does not support tools")
        chat = answers.Chat.prepare(model, body, self._load(model, body))
        if chat is None:
            raise RequestRefused(400, TOO_LONG)
        if body.get("keep_alive") == 0:
            self.server.emulator.unload(model.name)
        if body.get("stream") is False:
            self._answer(chat.whole())
        else:
            self._stream().send_chat(chat, self.fault)

    def _pull(self, body: dict[str, Any]) -> None:
        model = self.server.emulator.pull(body["model"])
        if model is None:
            raise RequestRefused(500, "pull model manifest: file does not exist")
        steps = answers.pull_steps(model)
        if body.get("stream") is False:
            self._answer(steps[-1])
        else:
            self._stream().send_all(self._until_fault(steps))

    def _until_fault(self, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A pull knows two faults; each step counts as a token."""
        match self.fault:
            case EndEarly(after_tokens=count):
                return steps[:count]
            case Line(text=text, after_tokens=count):
                return [*steps[:count], json.loads(text)]
        return steps

    def _delete(self, body: dict[str, Any]) -> None:
        self._model(body)
        self.server.emulator.remove(body["model"])
        self._answer({})

    def _model(self, body: dict[str, Any]) -> EmulatedModel:
        model = self.server.emulator.find(body["model"])
        if model is None:
            raise RequestRefused(404, f"model '{body['model']}' not found")
        return model

    def _load(self, model: EmulatedModel, body: dict[str, Any]) -> int:
        asked = body["options"].get("num_ctx", DEFAULT_CONTEXT_TOKENS)
        context_tokens = min(asked, model.context_length)
        self.server.emulator.load(model, context_tokens)
        return int(context_tokens)

    def _answer(self, answer: dict[str, Any], status: int = 200) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if isinstance(self.fault, Refuse) and self.fault.location:
            self.send_header("Location", self.fault.location)
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> NdjsonStream:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        return NdjsonStream(self.connection, self.request_record, self.server.emulator.stopping)
