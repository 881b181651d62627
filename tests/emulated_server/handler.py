"""One connection to an emulated server: reading requests, recording them, sending answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.emulated_server.recording import RecordedRequest
from tests.emulated_server.server import LoopbackServer


class RequestRefused(Exception):
    """An error to answer with."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


class EmulatedHandler(BaseHTTPRequestHandler):
    """One connection; `serve` answers one request."""

    protocol_version = "HTTP/1.1"
    server: LoopbackServer[Any]

    def do_GET(self) -> None:
        self.serve()

    def do_HEAD(self) -> None:
        self.serve()

    def do_POST(self) -> None:
        self.serve()

    def do_DELETE(self) -> None:
        self.serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Tests stay quiet."""

    def serve(self) -> None:
        raise NotImplementedError

    def recorded(self, body: dict[str, Any]) -> RecordedRequest:
        """The request that is being served."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        return RecordedRequest(self.command, self.path, body, headers)

    def send_content(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class JsonHandler(EmulatedHandler):
    """One that is asked in JSON; `respond` answers, or raises RequestRefused."""

    def serve(self) -> None:
        body = self.read_body()
        self.request_record = self.recorded(body)
        self.fault = self.server.emulator.record(self.request_record, self.path)
        try:
            self.respond(body)
        except RequestRefused as refusal:
            self.answer(refusal.body, refusal.status)
        except ConnectionError:
            self.request_record.disconnected.set()

    def read_body(self) -> dict[str, Any]:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return dict(json.loads(raw)) if raw else {}

    def respond(self, body: dict[str, Any]) -> None:
        raise NotImplementedError

    def answer(self, answer: Mapping[str, Any], status: int = 200, **headers: str) -> None:
        content_type = {"Content-Type": "application/json; charset=utf-8"}
        self.send_content(status, json.dumps(answer).encode(), content_type | headers)

    def begin_stream(self, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
