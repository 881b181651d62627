"""The HTTP interface of an OpenAI-compatible server over an emulator's models."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.emulated_server import JsonHandler, LoopbackServer, RequestRefused
from tests.openai_emulator import answers, dialects
from tests.openai_emulator.faults import Refuse
from tests.openai_emulator.models import (
    EmulatedModel,
    count_message_tokens,
    count_text_tokens,
    parts_of,
    template,
)
from tests.openai_emulator.streaming import EventStream

if TYPE_CHECKING:
    from tests.openai_emulator.emulator import OpenAIEmulator


class OpenAIHandler(JsonHandler):
    """One connection."""

    server: LoopbackServer[OpenAIEmulator]

    def respond(self, body: dict[str, Any]) -> None:
        fault = self.fault
        if isinstance(fault, Refuse):
            headers = {"Content-Type": fault.content_type, **fault.headers}
            self.send_content(fault.status, fault.body.encode(), headers)
        else:
            self._require_key()
            self._route()(body)

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
            raise RequestRefused(*dialects.not_found())
        return route

    def _require_key(self) -> None:
        emulator = self.server.emulator
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if emulator.api_key and given != emulator.api_key:
            raise RequestRefused(*dialects.wrong_key(emulator.dialect, given))

    def _models(self, _: dict[str, Any]) -> None:
        emulator = self.server.emulator
        self.answer(answers.model_list(emulator.models, emulator.dialect))

    def _chat(self, body: dict[str, Any]) -> None:
        model, dialect = self._model(body), self.server.emulator.dialect
        if dialect == "openai" and "max_tokens" in body:
            raise RequestRefused(*dialects.max_tokens_unsupported())
        _decode_media(body)
        prompt_tokens = count_message_tokens(body["messages"])
        if prompt_tokens >= model.context_tokens:
            error = dialects.too_long(dialect, prompt_tokens, model.context_tokens)
            if error[0] == 200:
                stream = self._stream()
                stream.send_event(error[1])
                stream.end()
                return
            raise RequestRefused(*error)
        chat = answers.Chat.prepare(model, body, timings=dialect == "llama.cpp")
        if body.get("stream"):
            self._stream().send_chat(chat, self.fault)
        else:
            self.answer(chat.whole())

    def _embeddings(self, body: dict[str, Any]) -> None:
        model = self._model(body)
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        counts = [count_text_tokens(text) for text in texts]
        if max(counts, default=0) > model.context_tokens:
            dialect = self.server.emulator.dialect
            raise RequestRefused(*dialects.too_long(dialect, max(counts), model.context_tokens))
        vectors = [model.embedding(text) for text in texts]
        self.answer(answers.embeddings(body["model"], vectors, sum(counts)))

    def _apply_template(self, body: dict[str, Any]) -> None:
        self.answer({"prompt": template(body["messages"])})

    def _tokenize(self, body: dict[str, Any]) -> None:
        self.answer({"tokens": list(range(count_text_tokens(body["content"])))})

    def _model(self, body: dict[str, Any]) -> EmulatedModel:
        for model in self.server.emulator.models:
            if model.name == body["model"]:
                return model
        raise RequestRefused(
            *dialects.no_such_model(self.server.emulator.dialect, str(body["model"]))
        )

    def _stream(self) -> EventStream:
        self.begin_stream("text/event-stream")
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
