"""The HTTP interface of an OpenAI-compatible server over an emulator's models."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.openai_emulator import answers, dialects
from tests.openai_emulator.faults import Refuse
from tests.openai_emulator.models import (
    EmulatedModel,
    count_message_tokens,
    count_text_tokens,
    parts_of,
    template,
)
from tests.openai_emulator.recording import RecordedRequest
from tests.openai_emulator.streaming import EventStream

if TYPE_CHECKING:
    from tests.openai_emulator.emulator import OpenAIEmulator


class RequestRefused(Exception):
    """An error to answer with."""

    def __init__(self, error: dialects.Error) -> None:
        super().__init__(error)
        self.status, self.body = error


class EmulatedHttpServer(ThreadingHTTPServer):
    """Binds a free loopback port at once; handlers find the emulator in `emulator`."""

    daemon_threads = True
    # Many clients may come at once; a full queue makes the kernel drop one for a second.
    request_queue_size = 128

    def __init__(self, emulator: OpenAIEmulator) -> None:
        super().__init__(("127.0.0.1", 0), OpenAIHandler)
        self.emulator = emulator


class OpenAIHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: EmulatedHttpServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Tests stay quiet."""

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else {}
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.request_record = RecordedRequest(self.command, self.path, body, headers)
        emulator = self.server.emulator
        emulator.record(self.request_record)
        self.fault = emulator.next_fault(self.path)
        try:
            if isinstance(self.fault, Refuse):
                self._refuse(self.fault)
            else:
                self._require_key()
                self._route()(body)
        except RequestRefused as refusal:
            self._answer(refusal.body, refusal.status)
        except ConnectionError:
            self.request_record.disconnected.set()

    def _route(self) -> Callable[[dict[str, Any]], None]:
        routes = {
            ("GET", "/v1/models"): self._models,
            ("POST", "/v1/chat/completions"): self._chat,
            ("POST", "/v1/embeddings"): self._embeddings,
        }
        if self.server.emulator.dialect == "llama.cpp":
            routes["POST", "/apply-template"] = self._apply_template
            routes["POST", "/tokenize"] = self._tokenize
        route = routes.get((self.command, self.path))
        if route is None:
            raise RequestRefused(dialects.not_found())
        return route

    def _require_key(self) -> None:
        emulator = self.server.emulator
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if emulator.api_key and given != emulator.api_key:
            raise RequestRefused(dialects.wrong_key(emulator.dialect, given))

    def _models(self, _: dict[str, Any]) -> None:
        emulator = self.server.emulator
        self._answer(answers.model_list(emulator.models, emulator.dialect))

    def _chat(self, body: dict[str, Any]) -> None:
        model, dialect = self._model(body), self.server.emulator.dialect
        if dialect == "openai" and "max_tokens" in body:
            raise RequestRefused(dialects.max_tokens_unsupported())
        _decode_media(body)
        prompt_tokens = count_message_tokens(body["messages"])
        if prompt_tokens >= model.context_tokens:
            error = dialects.too_long(dialect, prompt_tokens, model.context_tokens)
            if error[0] == 200:
                stream = self._stream()
                stream.send_event(error[1])
                stream.end()
                return
            raise RequestRefused(error)
        chat = answers.Chat.prepare(model, body, timings=dialect == "llama.cpp")
        if body.get("stream"):
            self._stream().send_chat(chat, self.fault)
        else:
            self._answer(chat.whole())

    def _embeddings(self, body: dict[str, Any]) -> None:
        model = self._model(body)
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        counts = [count_text_tokens(text) for text in texts]
        if max(counts, default=0) > model.context_tokens:
            dialect = self.server.emulator.dialect
            raise RequestRefused(dialects.too_long(dialect, max(counts), model.context_tokens))
        vectors = [model.embedding(text) for text in texts]
        self._answer(answers.embeddings(body["model"], vectors, sum(counts)))

    def _apply_template(self, body: dict[str, Any]) -> None:
        self._answer({"prompt": template(body["messages"])})

    def _tokenize(self, body: dict[str, Any]) -> None:
        self._answer({"tokens": list(range(count_text_tokens(body["content"])))})

    def _model(self, body: dict[str, Any]) -> EmulatedModel:
        for model in self.server.emulator.models:
            if model.name == body["model"]:
                return model
        raise RequestRefused(
            dialects.no_such_model(self.server.emulator.dialect, str(body["model"]))
        )

    def _answer(self, answer: dict[str, Any], status: int = 200) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json; charset=utf-8")

    def _refuse(self, fault: Refuse) -> None:
        self._send(fault.status, fault.body.encode(), fault.content_type, **fault.headers)

    def _send(self, status: int, content: bytes, content_type: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> EventStream:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        return EventStream(self.connection, self.request_record, self.server.emulator.stopping)


def _decode_media(body: dict[str, Any]) -> None:
    """As a server would, so that what is not base64 is noticed."""
    for message in body["messages"]:
        for part in parts_of(message):
            if part["type"] == "image_url":
                head, _, data = part["image_url"]["url"].partition(",")
                assert head == "data:image/png;base64"
                base64.b64decode(data, validate=True)
            elif part["type"] == "input_audio":
                assert part["input_audio"]["format"] == "wav"
                base64.b64decode(part["input_audio"]["data"], validate=True)
