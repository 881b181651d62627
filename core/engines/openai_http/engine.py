"""A model that an OpenAI-compatible server runs, behind the engine protocol.

Owns one opened model: its requests in flight, their end and their errors. The server itself
decides what is loaded, how many requests it answers at once, and what it remembers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from core.cancellation import Cancellation
from core.engines.openai_http.chat import Tally, body_for, ignored_settings
from core.engines.openai_http.content import text_only, to_json
from core.engines.openai_http.failures import (
    FAILURES,
    UNREACHED,
    broken_off,
    closed,
    model_error,
    overflow,
    unheeded,
    withheld,
)
from core.engines.openai_http.refusal import Refusal
from core.engines.openai_http.server import ListedModel, OpenAIServer
from core.engines.protocol import Capabilities, Completion, GenerationRequest, Message, TextDelta
from core.engines.remote.exchange import Exchange, Exchanges
from core.engines.remote.limits import Limits
from core.engines.remote.reasoning import ReasoningFilter
from core.engines.remote.tokens import (
    estimate_media_tokens,
    estimate_text_tokens,
    estimate_tokens,
)
from core.engines.remote.vectors import unit_rows
from core.engines.request_checks import check_request, require_capable
from core.engines.spec import EngineSpec
from core.errors import ModelError, ModelUnavailable

EMBED_BATCH_TEXTS = 32
"""Texts in one request, so that even a slow machine answers within the read timeout."""

_log = logging.getLogger(__name__)


class OpenAIEngine:
    """One model of an OpenAI-compatible server; made by `opening.open_openai`.

    No prompt is cut off silently: one that surely does not fit is refused here, and if the
    server reports fewer prompt tokens than the prompt has words, the generation ends with
    EngineFailed.
    """

    def __init__(self, spec: EngineSpec, server: OpenAIServer, listed: ListedModel) -> None:
        self._spec = spec
        self._server = server
        self._capabilities = Capabilities(
            chat=not spec.embeddings,
            vision="image" in spec.modalities,
            audio="audio" in spec.modalities,
            embeddings=spec.embeddings,
            json_schema=not spec.embeddings,
            grammar=listed.is_llama_cpp and not spec.embeddings,
            tools=not spec.embeddings,
            logprobs=not spec.embeddings,
        )
        self._limits = Limits(
            spec.model,
            spec.remote_model,
            self._capabilities,
            min(spec.context_tokens, listed.context_tokens or spec.context_tokens),
            server=spec.base_url,
            choice=f"what it can take is said by models.{spec.model}.openai_modalities",
        )
        self._exchanges = Exchanges(Exchange)
        self._gone = False
        self._counts_tokens = listed.is_llama_cpp
        self._dimensions = 0

    @property
    def model(self) -> str:
        return self._spec.model

    @property
    def capabilities(self) -> Capabilities:
        """As configured: servers do not tell."""
        return self._capabilities

    @property
    def context_tokens(self) -> int:
        """What was configured, or the server's own limit if it tells one that is less."""
        return self._limits.context_tokens

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None
    ) -> Generator[TextDelta | Completion, None, None]:
        """As `Engine.generate`; cancelling ends the connection, and with it the model's work.

        The usage of a cancelled answer is an estimate: the cost is told at the end only.
        """
        cancel = cancel or Cancellation()
        check_request(request)
        require_capable(request, self.capabilities, self.model)
        self._limits.require_media(request.messages)
        self._limits.require_prompt_fits(request.messages)
        tally, thoughts, told = Tally(), ReasoningFilter(), ""
        with (
            self._exchange(cancel) as exchange,
            closing(self._pieces(exchange, request, cancel, tally)) as pieces,
        ):
            for piece in pieces:
                if text := thoughts.visible(piece):
                    told += text
                    yield TextDelta(text)
        if not (tally.complete or cancel.cancelled):
            raise broken_off(self._spec)
        if tally.complete and (text := thoughts.rest()):
            told += text
            yield TextDelta(text)
        completion, unreadable_calls = tally.completion(self._estimate(request.messages))
        if unreadable_calls:
            yield TextDelta(unreadable_calls)
        self._require_sound(request, tally, told)
        yield completion

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Exact for text on llama.cpp's server, which can be asked. Elsewhere an estimate: a
        token for each digit and for each three other bytes, eight for each message. Images
        count `image_max_tokens` each, recordings 750 for each half minute begun. It is rather too
        high than too low.
        """
        self._limits.require_media(messages)
        with self._exchange(Cancellation()) as exchange:
            counted = self._ask_for_count(exchange, messages)
        if counted is None:
            return self._estimate(messages)
        return counted + estimate_media_tokens(messages, self._spec.image_max_tokens)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `Engine.embed`, in requests of EMBED_BATCH_TEXTS. Before the first texts, the
        number of dimensions is not known and 0."""
        self._limits.require_embeddings()
        self._limits.require_texts_fit(texts)
        batches = [
            self._embed_batch(texts[start : start + EMBED_BATCH_TEXTS])
            for start in range(0, len(texts), EMBED_BATCH_TEXTS)
        ]
        if not batches:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        vectors = np.concatenate(batches)
        self._dimensions = vectors.shape[1]
        return unit_rows(vectors)

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """There is no such request.

        Raises: ModelLacksModality.
        """
        raise self._limits.no_word_vectors()

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        """There is no request for it that these servers share.

        Raises: ModelLacksModality.
        """
        raise self._limits.no_reranker()

    def alive(self) -> bool:
        """False once closed, or once nobody listened at the address. Nothing is asked: a
        look-up before each answer would cost a journey to the server."""
        return not (self._exchanges.closed or self._gone)

    def watch(self, died: Callable[[], None]) -> None:
        """As `Engine.watch`: nobody tells when a server ends."""

    def set_threads(self, threads: int) -> None:
        """As `Engine.set_threads`: the server has threads of its own."""

    def memory_mb(self) -> float | None:
        """Unknown: these servers do not tell."""
        return None

    def peak_memory_mb(self) -> float | None:
        """As `Engine.peak_memory_mb`: the server does not tell."""
        return None

    def device_memory_mb(self) -> float | None:
        """As `Engine.device_memory_mb`: the server does not tell."""
        return None

    def close(self) -> None:
        """Break off what is running. The server keeps its model: it is not ours to unload."""
        self._exchanges.close()

    def _pieces(
        self,
        exchange: Exchange,
        request: GenerationRequest,
        cancel: Cancellation,
        tally: Tally,
    ) -> Generator[str, None, None]:
        """The text of each chunk, until the end, which `tally` tells, or the cancelling."""
        if cancel.cancelled:
            return
        body = body_for(request, self._spec.remote_model)
        try:
            with closing(self._server.chat(exchange, body)) as chunks:
                for chunk in takewhile(lambda _: not cancel.cancelled, chunks):
                    yield tally.add(chunk)
        except FAILURES as error:
            if not (cancel.cancelled or tally.complete):
                raise self._translated(error, self._estimate(request.messages)) from error

    def _require_sound(self, request: GenerationRequest, tally: Tally, told: str) -> None:
        """Raises: EngineFailed, when the whole answer shows that it is not what was asked."""
        if tally.withheld:
            raise withheld(self._spec)
        self._limits.require_uncut(request.messages, tally.prompt_tokens)
        if tally.complete:
            for setting in ignored_settings(request, tally, told):
                raise unheeded(setting, self._spec)

    def _ask_for_count(self, exchange: Exchange, messages: Sequence[Message]) -> int | None:
        """None when the server cannot count, and it is then not asked again."""
        if not self._counts_tokens:
            return None
        try:
            return self._server.count_tokens(
                exchange, self._spec.remote_model, to_json(text_only(messages))
            )
        except FAILURES as error:
            self._counts_tokens = False
            _log.debug("%s counts no tokens: %s", self._spec.base_url, error)
            return None

    def _embed_batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        try:
            with self._exchange(Cancellation()) as exchange:
                vectors = self._server.embed(exchange, self._spec.remote_model, texts)
            rows = np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1)
            if not np.isfinite(rows).all():
                raise ValueError("a vector that is not finite")
        except FAILURES as error:
            longest = max(estimate_text_tokens(text) for text in texts)
            raise self._translated(error, longest) from error
        else:
            return rows

    @contextmanager
    def _exchange(self, cancel: Cancellation) -> Iterator[Exchange]:
        with self._exchanges.start(cancel) as exchange:
            if exchange is None:
                raise closed(self._spec)
            yield exchange

    def _estimate(self, messages: Sequence[Message]) -> int:
        return estimate_tokens(messages, self._spec.image_max_tokens)

    def _translated(self, error: Exception, estimated_tokens: int) -> ModelError:
        if self._exchanges.closed:
            return closed(self._spec)
        if isinstance(error, Refusal) and error.is_overflow:
            return overflow(error, self._limits, estimated_tokens)
        translated = model_error(error, self._spec)
        self._gone |= isinstance(error, UNREACHED) or isinstance(translated, ModelUnavailable)
        return translated
