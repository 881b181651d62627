"""A whole model in this process: messages in, text out.

Owns the way from messages to an answer (template, tokens, media, cache, sampling, stops).
Knows nothing of pipes and processes; a benchmark can use it directly.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.abort_flag import AbortFlag
from core.engines.llama.answer_text import AnswerText
from core.engines.llama.chat_template import ChatTemplate, part_is_media
from core.engines.llama.embedder import Embedder
from core.engines.llama.kv_cache import KvCache
from core.engines.llama.native_media import MediaPrompt, MediaTower
from core.engines.llama.native_model import NativeModel
from core.engines.llama.sampling import Sampler
from core.engines.protocol import (
    Capabilities,
    Completion,
    EngineSpec,
    FinishReason,
    GenerationRequest,
    LoadProgress,
    Message,
    Part,
    TextDelta,
    Usage,
)
from core.errors import Cancelled, ContextOverflow, EngineFailed, ModelLacksModality
from core.media.content import AudioClip, RgbImage


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
        text_progress, tower_progress = _share_progress(spec, progress)
        self._native = NativeModel(spec, abort or AbortFlag(), text_progress)
        self._cache = KvCache(self._native)
        self._embedder = Embedder(self._native) if spec.embeddings else None
        self._tower = MediaTower(spec, self._native, tower_progress) if spec.mmproj_path else None
        self._template: ChatTemplate | None = None

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            chat=self._embedder is None,
            vision=self._tower is not None and self._tower.vision,
            audio=self._tower is not None and self._tower.audio,
            embeddings=self._embedder is not None,
        )

    @property
    def context_tokens(self) -> int:
        return self._native.context_tokens

    def generate(self, request: GenerationRequest) -> Iterator[TextDelta | Completion]:
        """As `Engine.generate`; the abort flag takes the place of `cancel`."""
        started_s = time.perf_counter()
        with self._prompt(request.messages) as prompt:
            prompt_tokens = len(prompt)
            self._check_fits(prompt_tokens)
            try:
                reused_tokens = self._put(prompt)
            except Cancelled:
                usage = Usage(prompt_tokens, 0, prompt_ms=_ms_since(started_s))
                yield Completion("cancelled", usage)
                return
        self._check_finite()
        prompt_ms, started_s = _ms_since(started_s), time.perf_counter()
        limit_tokens = min(request.max_tokens, self.context_tokens - prompt_tokens)
        reason, answer_tokens = yield from self._answer(request, limit_tokens)
        usage = Usage(prompt_tokens, answer_tokens, reused_tokens, prompt_ms, _ms_since(started_s))
        yield Completion(reason, usage)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """As `Engine.count_tokens`."""
        with self._prompt(messages) as prompt:
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

    def close(self) -> None:
        """Free the model."""
        if self._tower is not None:
            self._tower.close()
        self._native.close()

    def _answer(
        self, request: GenerationRequest, limit_tokens: int
    ) -> Generator[TextDelta, None, tuple[FinishReason, int]]:
        """Stream the answer; returns why it ended and how many tokens it took."""
        vocabulary = self._native.vocabulary
        text = AnswerText(vocabulary.piece, request.stop)
        reason: FinishReason = "length"
        count = 0
        with Sampler(
            temperature=request.temperature, top_p=request.top_p, seed=request.seed
        ) as sampler:
            while count < limit_tokens:
                token = sampler.sample(self._native.context)
                if vocabulary.ends_answer(token):
                    reason = "stop"
                    break
                count += 1
                if shown := text.feed(token):
                    yield TextDelta(shown)
                if text.stopped:
                    reason = "stop"
                    break
                if count < limit_tokens:
                    try:
                        self._cache.put_token(token)
                    except Cancelled:
                        reason = "cancelled"
                        break
        if rest := text.finish():
            yield TextDelta(rest)
        return reason, count

    @contextmanager
    def _prompt(self, messages: Sequence[Message]) -> Iterator[list[int] | MediaPrompt]:
        """`messages` as the model will see them: tokens, or tokens and media."""
        self._check_modalities(messages)
        parts = self._rendered(messages)
        if self._tower is not None and any(part_is_media(part) for part in parts):
            with closing(self._tower.tokenize(parts)) as prompt:
                yield prompt
        else:
            text = "".join(part for part in parts if isinstance(part, str))
            yield self._native.vocabulary.tokenize(text, parse_special=True)

    def _rendered(self, messages: Sequence[Message]) -> list[Part]:
        if self._template is None:
            self._template = self._open_template()
        parts = self._template.render(messages)
        vocabulary = self._native.vocabulary
        # Tokenising adds BOS where the model wants it; a template may have written it too.
        if parts and isinstance(parts[0], str) and vocabulary.adds_bos:
            parts[0] = parts[0].removeprefix(vocabulary.bos_text)
        return parts

    def _open_template(self) -> ChatTemplate:
        source = self._native.chat_template()
        if source is None:
            raise EngineFailed(
                f"The file of {self._name} has no chat template, so it cannot hold a conversation.",
                model=self._name,
                hint="Choose an instruction-tuned model.",
            )
        return ChatTemplate(
            source,
            model=self._name,
            bos_token=self._native.vocabulary.bos_text,
            eos_token=self._native.vocabulary.eos_text,
        )

    def _put(self, prompt: list[int] | MediaPrompt) -> int:
        if isinstance(prompt, MediaPrompt):
            self._cache.put_media(prompt)
            return 0
        return self._cache.put_prompt(prompt)

    def _check_modalities(self, messages: Sequence[Message]) -> None:
        able = self.capabilities
        if not able.chat:
            raise self._lacks("hold a conversation: it is an embeddings model")
        for part in (part for message in messages for part in message.parts):
            if isinstance(part, RgbImage) and not able.vision:
                raise self._lacks("look at images")
            if isinstance(part, AudioClip) and not able.audio:
                raise self._lacks("listen to recordings")

    def _lacks(self, what: str) -> ModelLacksModality:
        return ModelLacksModality(
            f"{self._name} cannot {what}.",
            model=self._name,
            hint="Use a model that can; for media, `mmproj_file` must name its projector.",
        )

    def _check_fits(self, prompt_tokens: int) -> None:
        if prompt_tokens >= self.context_tokens:
            raise ContextOverflow(
                model=self._name,
                prompt_tokens=prompt_tokens,
                context_tokens=self.context_tokens,
            )

    def _check_finite(self) -> None:
        """Damaged weights give NaN, from which sampling would make up an answer."""
        if np.isnan(self._native.logits()).any():
            raise EngineFailed(
                f"{self._name} computes no numbers: its weights are damaged.",
                model=self._name,
                hint="Download the file again.",
            )


def _share_progress(spec: EngineSpec, progress: LoadProgress) -> tuple[LoadProgress, LoadProgress]:
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
