"""Ollama's HTTP interface over an emulator's models.

Source of the shapes: docs/api.md and api/types.go of ollama/ollama, version 0.32.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.emulated_server import EndEarly, JsonHandler, LoopbackServer, RequestRefused
from tests.ollama_emulator import answers
from tests.ollama_emulator.faults import Line, Refuse
from tests.ollama_emulator.models import EmulatedModel, count_text_tokens
from tests.ollama_emulator.streaming import NdjsonStream

if TYPE_CHECKING:
    from tests.ollama_emulator.emulator import OllamaEmulator

DEFAULT_CONTEXT_TOKENS = 4096
TOO_LONG = "the input length exceeds the context length"


def refused(status: int, error: str) -> RequestRefused:
    """An error in Ollama's form."""
    return RequestRefused(status, {"error": error})


class OllamaHandler(JsonHandler):
    """One connection."""

    server: LoopbackServer[OllamaEmulator]

    def read_body(self) -> dict[str, Any]:
        """Options without a value count as absent; langchain-ollama's embeddings send such."""
        body = super().read_body()
        given = body.get("options") or {}
        return {
            **body,
            "options": {key: value for key, value in given.items() if value is not None},
        }

    def respond(self, body: dict[str, Any]) -> None:
        fault = self.fault
        if isinstance(fault, Refuse):
            redirect = {"Location": fault.location} if fault.location else {}
            self.answer({"error": fault.error}, fault.status, **redirect)
        else:
            self._route()(body)

    def _route(self) -> Callable[[dict[str, Any]], None]:
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
            raise refused(404, "404 page not found")
        return route

    def _version(self, _: dict[str, Any]) -> None:
        self.answer({"version": self.server.emulator.version})

    def _tags(self, _: dict[str, Any]) -> None:
        self.answer({"models": [answers.tag(m) for m in self.server.emulator.installed]})

    def _ps(self, _: dict[str, Any]) -> None:
        loaded = self.server.emulator.loaded
        self.answer({"models": [answers.process(model, context) for model, context in loaded]})

    def _show(self, body: dict[str, Any]) -> None:
        self.answer(answers.show(self._model(body)))

    def _generate(self, body: dict[str, Any]) -> None:
        """Only what loads and unloads; nothing here generates without chat."""
        model = self._model(body)
        if body.get("prompt"):
            raise refused(501, "the emulator generates by /api/chat only")
        unload = body.get("keep_alive") == 0
        if unload:
            self.server.emulator.unload(model.name)
        else:
            self._load(model, body)
        self.answer(answers.generate_end(body["model"], "unload" if unload else "load"))

    def _embed(self, body: dict[str, Any]) -> None:
        model = self._model(body)
        context_tokens = self._load(model, body)
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        counts = [count_text_tokens(text) for text in texts]
        if body.get("truncate") is False and max(counts, default=0) > context_tokens:
            raise refused(400, TOO_LONG)
        vectors = [model.embedding(text) for text in texts]
        self.answer(answers.embeddings(body["model"], vectors, sum(counts)))

    def _chat(self, body: dict[str, Any]) -> None:
        model = self._model(body)
        if "completion" not in model.capabilities:
            raise refused(400, f'"{body["model"]}" does not support chat')
        if body.get("think") and "thinking" not in model.capabilities:
            raise refused(400, f'"{body["model"]}" does not support thinking')
        if body.get("tools") and "tools" not in model.capabilities:
            name = f"registry.ollama.ai/library/{body['model']}"
            raise refused(400, f"{name} does not support tools")
        chat = answers.Chat.prepare(model, body, self._load(model, body))
        if chat is None:
            raise refused(400, TOO_LONG)
        if body.get("keep_alive") == 0:
            self.server.emulator.unload(model.name)
        if body.get("stream") is False:
            self.answer(chat.whole())
        else:
            self._stream().send_chat(chat, self.fault)

    def _pull(self, body: dict[str, Any]) -> None:
        model = self.server.emulator.pull(body["model"])
        if model is None:
            raise refused(500, "pull model manifest: file does not exist")
        steps = answers.pull_steps(model)
        if body.get("stream") is False:
            self.answer(steps[-1])
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
        self.answer({})

    def _model(self, body: dict[str, Any]) -> EmulatedModel:
        model = self.server.emulator.find(body["model"])
        if model is None:
            raise refused(404, f"model '{body['model']}' not found")
        return model

    def _load(self, model: EmulatedModel, body: dict[str, Any]) -> int:
        asked = body["options"].get("num_ctx", DEFAULT_CONTEXT_TOKENS)
        context_tokens = min(asked, model.context_length)
        self.server.emulator.load(model, context_tokens)
        return int(context_tokens)

    def _stream(self) -> NdjsonStream:
        self.begin_stream("application/x-ndjson")
        return NdjsonStream(self.connection, self.request_record, self.server.emulator.stopping)
