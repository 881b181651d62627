"""A whole model in this process: messages in, text out.

Owns the life of the model's parts and the loop that answers. Knows nothing of pipes and
processes, so a benchmark can run the same loop directly. A prompt, with or without media,
is evaluated only from where it differs from what the model has seen (`kv_cache`).
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.abort_flag import AbortFlag
from core.engines.llama.embedder import Embedder
from core.engines.llama.kv_cache import KvCache
from core.engines.llama.native_media import MediaPrompt, MediaTower
from core.engines.llama.native_model import NativeModel
from core.engines.llama.prompting import Prompt, Prompting
from core.engines.llama.reranker import Reranker, is_reranker
from core.engines.llama.steering import Steering
from core.engines.protocol import (
    Capabilities,
    Completion,
    EngineSpec,
    FinishReason,
    GenerationRequest,
    LoadProgress,
    Message,
    TextDelta,
    Usage,
)
from core.errors import Cancelled, EngineFailed, ModelLacksModality


class ChatModel:
    """One loaded model that answers requests, one at a time, on the thread that made it.

    Args:
        spec: what to load. An embeddings model embeds; every other one chats.
        abort: raise it from another thread to stop what runs.
        progress: told the loaded fraction, the media tower included.

    Raises: ModelFileInvalid.
    """

    def __init__(
        self,
        spec: EngineSpec,
        abort: AbortFlag | None = None,
        progress: LoadProgress = lambda _: None,
    ) -> None:
        self._name = spec.model
        model_progress, tower_progress = _share(spec, progress)
        self._model = NativeModel(spec, abort or AbortFlag(), model_progress)
        self._cache = KvCache(self._model)
        self._pools = spec.embeddings
        ranks = self._pools and is_reranker(self._model)
        self._reranker = Reranker(self._model) if ranks else None
        self._embedder = Embedder(self._model) if self._pools and not ranks else None
        self._tower = MediaTower(spec, self._model, tower_progress) if spec.mmproj_path else None
        self._prompting = Prompting(self._model, self._tower)

    @property
    def capabilities(self) -> Capabilities:
        chat = not self._pools
        return Capabilities(
            chat=chat,
            json_schema=chat,
            grammar=chat,
            tools=chat and self._prompting.tool_format is not None,
            logprobs=chat,
            vision=self._tower is not None and self._tower.vision,
            audio=self._tower is not None and self._tower.audio,
            embeddings=self._embedder is not None,
            rerank=self._reranker is not None,
        )

    @property
    def context_tokens(self) -> int:
        return self._model.context_tokens

    def generate(self, request: GenerationRequest) -> Generator[TextDelta | Completion, None, None]:
        """As `Engine.generate`; the abort flag takes the place of `cancel`."""
        self._check_chats()
        vocabulary, form = self._model.vocabulary, self._prompting.tool_format
        with closing(Steering(request, vocabulary, form, self._name)) as steering:
            yield from self._generate(request, steering)

    def _generate(
        self, request: GenerationRequest, steering: Steering
    ) -> Generator[TextDelta | Completion, None, None]:
        started_s = time.perf_counter()
        with self._prompting.prompt(request.messages, steering.tools, steering.opening) as prompt:
            self._prompting.check_fits(prompt)
            prompt_tokens = len(prompt)
            try:
                reused_tokens = self._put(prompt)
            except Cancelled:
                usage = Usage(prompt_tokens, 0, prompt_ms=_ms_since(started_s))
                yield Completion("cancelled", usage)
                return
        prompt_ms, started_s = _ms_since(started_s), time.perf_counter()
        limit_tokens = min(request.max_tokens, self.context_tokens - prompt_tokens)
        reason, answer_tokens = yield from self._answer(steering, limit_tokens)
        usage = Usage(prompt_tokens, answer_tokens, reused_tokens, prompt_ms, _ms_since(started_s))
        yield steering.completion(reason, usage)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """As `Engine.count_tokens`."""
        self._check_chats()
        with self._prompting.prompt(messages) as prompt:
            return len(prompt)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `Engine.embed`."""
        if self._embedder is None:
            raise ModelLacksModality(
                f"{self._name} was not opened for embeddings.",
                model=self._name,
                hint="Set `embeddings: true` for a model that is made for them.",
            )
        return self._embedder.embed(texts)

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        """As `Engine.rerank`."""
        if self._reranker is None:
            raise ModelLacksModality(
                f"{self._name} is no reranker.",
                model=self._name,
                hint="Choose a model that is made for it, and set `embeddings: true`.",
            )
        return self._reranker.rerank(query, documents)

    def close(self) -> None:
        """Free the model."""
        if self._tower is not None:
            self._tower.close()
        self._model.close()

    def _put(self, prompt: Prompt) -> int:
        """Evaluate the prompt; returns how many of its tokens were there already."""
        if isinstance(prompt, MediaPrompt):
            reused_tokens = self._cache.put_prompt(prompt.entries(), prompt.evaluate)
        else:
            reused_tokens = self._cache.put_prompt(prompt)
        self._check_finite()
        return reused_tokens

    def _answer(
        self, steering: Steering, limit_tokens: int
    ) -> Generator[TextDelta, None, tuple[FinishReason, int]]:
        """Stream the answer; returns why it ended and how many tokens it took."""
        vocabulary, context = self._model.vocabulary, self._model.context
        text, sampler = steering.text, steering.sampler
        reason: FinishReason = "length"
        count = 0
        while count < limit_tokens:
            token = sampler.sample(context)
            if vocabulary.ends_answer(token):
                reason = "stop"
                break
            count += 1
            if shown := text.feed(token):
                yield TextDelta(shown)
            if text.stopped:
                reason = "stop"
                break
            if count < limit_tokens and not self._put_token(token):
                reason = "cancelled"
                break
        if rest := text.finish():
            yield TextDelta(rest)
        return reason, count

    def _put_token(self, token: int) -> bool:
        """Evaluate one token of the answer; False when the answer was stopped."""
        try:
            self._cache.put_token(token)
        except Cancelled:
            return False
        return True

    def _check_chats(self) -> None:
        if self._pools:
            raise ModelLacksModality(
                f"{self._name} is an embeddings model and cannot converse.",
                model=self._name,
                hint="Choose a chat model.",
            )

    def _check_finite(self) -> None:
        """Damaged weights give NaN, from which sampling would make up an answer."""
        if np.isnan(self._model.logits()).any():
            raise EngineFailed(
                f"{self._name} computes no numbers: its weights are damaged.",
                model=self._name,
                hint="Download the file again.",
            )


def _share(spec: EngineSpec, progress: LoadProgress) -> tuple[LoadProgress, LoadProgress]:
    """Progress of the text model and of the media tower, each with its share by file size."""
    sizes = [
        path.stat().st_size if path is not None and path.is_file() else 0
        for path in (spec.gguf_path, spec.mmproj_path)
    ]
    share = sizes[0] / max(1, sum(sizes))
    return (
        lambda fraction: progress(fraction * share),
        lambda fraction: progress(share + fraction * (1 - share)),
    )


def _ms_since(started_s: float) -> float:
    return (time.perf_counter() - started_s) * 1000
