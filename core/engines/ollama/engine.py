"""A model that an Ollama server runs, behind the engine protocol.

Owns one opened model: its requests in flight, their end and their errors. Ollama itself
decides when weights are loaded and with how many threads; answers to several threads are
ordered by its queue.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
from langchain_core.messages import BaseMessage
from numpy.typing import NDArray

from core.cancellation import Cancellation
from core.engines.ollama.chat import Tally, form_for, open_chat, options_for, stream_chat
from core.engines.ollama.failures import FAILURES, is_overflow, model_error
from core.engines.ollama.served_model import ServedModel, find_model
from core.engines.ollama.server import OllamaServer
from core.engines.ollama.transport import OllamaExchange
from core.engines.protocol import (
    Capabilities,
    Completion,
    GenerationRequest,
    LoadProgress,
    Message,
    TextDelta,
)
from core.engines.remote.exchange import Exchanges
from core.engines.remote.limits import Limits
from core.engines.remote.reasoning import ReasoningFilter
from core.engines.remote.tokens import estimate_text_tokens, estimate_tokens
from core.engines.remote.vectors import unit_rows
from core.engines.request_checks import check_request, require_capable
from core.engines.spec import EngineSpec
from core.errors import EngineCrashed, ModelError

EMBED_BATCH_TEXTS = 32
"""Texts in one request, so that even a slow machine answers within the read timeout."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


def open_ollama(
    spec: EngineSpec,
    *,
    progress: LoadProgress | None = None,
    cancel: Cancellation | None = None,
) -> OllamaEngine:
    """Find `spec.remote_model` on the server at `spec.base_url`.

    The weights are loaded by the first request, not here.

    Raises:
        ModelUnavailable: no server, no such model, or one that is run elsewhere.
        Cancelled: when `cancel` was raised meanwhile.
    """
    cancel = cancel or Cancellation()
    server = _server(spec)
    exchange = OllamaExchange()
    try:
        with cancel.on_cancel(exchange.abort):
            served = exchange.run(find_model, server, spec)
        cancel.raise_if_cancelled()
    except ModelError:
        cancel.raise_if_cancelled()
        raise
    if progress is not None:
        progress(1.0)
    return OllamaEngine(spec, server, served)


def _server(spec: EngineSpec) -> OllamaServer:
    return OllamaServer(
        spec.base_url,
        connect_timeout_s=spec.connect_timeout_s,
        read_timeout_s=spec.read_timeout_s,
    )


def check_ollama(spec: EngineSpec) -> None:
    """Whether `open_ollama` would find the model now.

    Raises: ModelUnavailable.
    """
    find_model(_server(spec), spec)


class OllamaEngine:
    """One model of an Ollama server; made by `open_ollama`.

    No prompt is cut off silently: one that surely does not fit is refused here, and Ollama
    is told to refuse the rest (`truncate` and `shift` off) instead of dropping messages. If
    it nevertheless reports fewer prompt tokens than the prompt has words, the generation
    ends with EngineFailed.

    A JSON schema is enforced by Ollama, as far as it understands the schema. Tool calls are
    read by Ollama too, which answers with text where it cannot.
    """

    def __init__(self, spec: EngineSpec, server: OllamaServer, served: ServedModel) -> None:
        self._spec = spec
        self._server = server
        self._served = served
        self._limits = Limits(
            spec.model,
            spec.remote_model,
            served.capabilities,
            served.context_tokens,
            server="Ollama",
            choice="`ollama show` lists what each one does",
        )
        self._chat = open_chat(server, spec.remote_model)
        self._exchanges = Exchanges(OllamaExchange)

    @property
    def model(self) -> str:
        return self._spec.model

    @property
    def capabilities(self) -> Capabilities:
        return self._served.capabilities

    @property
    def context_tokens(self) -> int:
        """What was configured, or the model's own limit if that is less."""
        return self._served.context_tokens

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None
    ) -> Generator[TextDelta | Completion, None, None]:
        """As `Engine.generate`; cancelling ends the connection, and with it the model's work.

        The usage of a cancelled answer is an estimate: Ollama tells the cost at the end only.
        """
        cancel = cancel or Cancellation()
        check_request(request)
        require_capable(request, self.capabilities, self.model)
        self._limits.require_free_choice(request)
        self._limits.require_media(request.messages)
        self._limits.require_prompt_fits(request.messages)
        tally, thoughts = Tally(), ReasoningFilter()
        with self._exchange(cancel) as exchange:
            for piece in self._pieces(exchange, request, cancel):
                tally.add(piece)
                if text := thoughts.visible(str(piece.content)):
                    yield TextDelta(text)
        if not (tally.complete or cancel.cancelled):
            raise self._broken_off()
        if tally.complete and (text := thoughts.rest()):
            yield TextDelta(text)
        self._limits.require_uncut(request.messages, tally.prompt_tokens)
        usage = tally.usage(self.count_tokens(request.messages))
        yield Completion(tally.finish_reason(), usage, tally.calls)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """An estimate, since Ollama offers no count: a token for each digit and for each
        three other bytes, eight for each message, `image_max_tokens` for each image. It is
        rather too high than too low.
        """
        if self._exchanges.closed:
            raise self._closed()
        self._limits.require_media(messages)
        return estimate_tokens(messages, self._spec.image_max_tokens)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `Engine.embed`, in requests of EMBED_BATCH_TEXTS."""
        self._limits.require_embeddings()
        self._limits.require_texts_fit(texts)
        batches = [
            self._embed_batch(texts[start : start + EMBED_BATCH_TEXTS])
            for start in range(0, len(texts), EMBED_BATCH_TEXTS)
        ]
        if not batches:
            return np.zeros((0, self._served.dimensions), dtype=np.float32)
        return unit_rows(np.concatenate(batches))

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Ollama has no such request.

        Raises: ModelLacksModality.
        """
        raise self._limits.no_word_vectors()

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        """Ollama has no such request.

        Raises: ModelLacksModality.
        """
        raise self._limits.no_reranker()

    def alive(self) -> bool:
        """Whether the server answers now and still has the model."""
        return self._look_up(self._server.has) is True

    def watch(self, died: Callable[[], None]) -> None:
        """As `Engine.watch`: nobody tells when a server ends."""

    def set_threads(self, threads: int) -> None:
        """As `Engine.set_threads`: the server has threads of its own."""

    def memory_mb(self) -> float | None:
        """What Ollama reports, graphics memory included; None while the model is not loaded."""
        size_bytes = self._look_up(self._server.loaded_bytes)
        return None if size_bytes is None else size_bytes / 2**20

    def peak_memory_mb(self) -> float | None:
        """As `memory_mb`: Ollama takes all of a model's memory when it loads it."""
        return self.memory_mb()

    def device_memory_mb(self) -> float | None:
        """None: what the server told of its GPU is part of `memory_mb`."""
        return None

    def close(self) -> None:
        """Break off what is running and ask Ollama to unload the model.

        It is unloaded for other programs too: whoever closes an engine wants the memory. A
        server that cannot be asked is logged; Ollama then unloads by its own timer.
        """
        if not self._exchanges.close():
            return
        try:
            self._server.unload(self._spec.remote_model)
        except FAILURES as error:
            _log.warning("Ollama was not told to unload %s: %s", self._spec.remote_model, error)

    def _pieces(
        self, exchange: OllamaExchange, request: GenerationRequest, cancel: Cancellation
    ) -> Iterator[BaseMessage]:
        options = options_for(request, self.context_tokens, self._served.stop)
        stream = stream_chat(self._chat, request.messages, options, form_for(request))
        while True:
            try:
                piece = None if cancel.cancelled else exchange.run(next, stream, None)
            except FAILURES as error:
                if cancel.cancelled:
                    return
                raise self._translated(error, self.count_tokens(request.messages)) from error
            if piece is None:
                return
            yield piece

    def _embed_batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        try:
            with self._exchange(Cancellation()) as exchange:
                vectors = exchange.run(
                    self._server.embed, self._spec.remote_model, texts, self.context_tokens
                )
                return np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1)
        except FAILURES as error:
            longest = max(estimate_text_tokens(text) for text in texts)
            raise self._translated(error, longest) from error

    @contextmanager
    def _exchange(self, cancel: Cancellation) -> Iterator[OllamaExchange]:
        with self._exchanges.start(cancel) as exchange:
            if exchange is None:
                raise self._closed()
            yield exchange

    def _look_up(self, question: Callable[[str], T]) -> T | None:
        if self._exchanges.closed:
            return None
        try:
            return question(self._spec.remote_model)
        except FAILURES as error:
            _log.debug("Ollama did not answer about %s: %s", self._spec.remote_model, error)
            return None

    def _closed(self) -> EngineCrashed:
        return EngineCrashed(f"{self.model} was closed.", model=self.model, hint="Open it again.")

    def _broken_off(self) -> EngineCrashed:
        return EngineCrashed(
            "Ollama ended the connection before the answer was complete.",
            model=self.model,
            hint="Try again; the log of `ollama serve` says why.",
        )

    def _translated(self, error: Exception, estimated_tokens: int) -> ModelError:
        if is_overflow(error):
            return self._limits.overflow(estimated_tokens)
        return model_error(
            error,
            model=self.model,
            remote=self._spec.remote_model,
            base_url=self._server.base_url,
        )
