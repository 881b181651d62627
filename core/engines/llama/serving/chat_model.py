"""A whole model in this process: messages in, text out.

Owns the life of the model's parts and what may be asked of them. Knows nothing of pipes and
processes, so a benchmark can run the same loop (`scheduler`) directly. A prompt, with or
without media, is evaluated only from where it differs from what was seen (`kv_cache`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.cache.kv_cache import KvCache
from core.engines.llama.cache.state_file import take_states, write_states
from core.engines.llama.cache.state_identity import identity_of
from core.engines.llama.native.media import MediaTower
from core.engines.llama.native.model import NativeModel
from core.engines.llama.prompt.prompting import Prompting
from core.engines.llama.serving.aborts import Aborts
from core.engines.llama.serving.embedder import Embedder
from core.engines.llama.serving.generation import Deliver, Job
from core.engines.llama.serving.reranker import Reranker, is_reranker
from core.engines.llama.serving.scheduler import Scheduler
from core.engines.llama.serving.word_vectors import open_word_vectors
from core.engines.protocol import (
    Capabilities,
    Completion,
    GenerationRequest,
    LoadProgress,
    Message,
    TextDelta,
)
from core.engines.spec import EngineSpec
from core.errors import ModelLacksModality


class ChatModel:
    """One loaded model that answers requests, several at once, on the thread that made it.

    Args:
        spec: what to load. An embeddings model embeds; every other one chats.
        aborts: calls requests off, also from another thread.
        progress: told the loaded fraction, the media tower included.

    Raises: ModelFileInvalid.
    """

    def __init__(
        self,
        spec: EngineSpec,
        aborts: Aborts | None = None,
        progress: LoadProgress = lambda _: None,
    ) -> None:
        self._name = spec.model
        model_progress, tower_progress = _share(spec, progress)
        self.aborts = aborts or Aborts()
        self._model = NativeModel(spec, self.aborts.flag, model_progress)
        self._pools = spec.embeddings
        ranks = self._pools and is_reranker(self._model)
        self._reranker = Reranker(self._model) if ranks else None
        self._embedder = Embedder(self._model) if self._pools and not ranks else None
        self._words = open_word_vectors(spec, self._model) if self._embedder else None
        self._tower = MediaTower(spec, self._model, tower_progress) if spec.mmproj_path else None
        self._prompting = Prompting(self._model, self._tower)
        self._cache = KvCache(self._model.memory)
        self._scheduler = Scheduler(self._model, self._cache, self._prompting, self.aborts)
        self._spec = spec
        if spec.states_path is not None:
            self._cache.adopt(take_states(spec.states_path, identity_of(spec)))
        self._numbers = count()

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
            word_vectors=self._words is not None,
            rerank=self._reranker is not None,
        )

    @property
    def device_mb(self) -> float:
        """MiB of GPUs' memory that it took until now; 0 without a GPU."""
        return self._model.device_mb()

    @property
    def context_tokens(self) -> int:
        return self._model.context_tokens

    @property
    def busy(self) -> bool:
        """Whether `step` has anything to do."""
        return self._scheduler.busy

    def submit(self, number: int, request: GenerationRequest, deliver: Deliver) -> None:
        """Queue a request, which `Aborts` knows as `number`; `step` answers it.

        Raises: ModelLacksModality.
        """
        self._check_chats()
        self._scheduler.submit(Job(number, request, deliver))

    def step(self) -> None:
        """Move all requests on."""
        self._scheduler.step()

    def generate(self, request: GenerationRequest) -> Generator[TextDelta | Completion, None, None]:
        """As `Engine.generate`, for callers in this process; others' requests move on too."""
        number = next(self._numbers)
        items: deque[TextDelta | Completion | Exception] = deque()
        self.submit(number, request, items.append)
        self.aborts.open(number)
        try:
            while True:
                while not items:
                    self.step()
                item = items.popleft()
                if isinstance(item, Exception):
                    raise item
                yield item
                if isinstance(item, Completion):
                    return
        finally:
            self.aborts.abort(number)
            self._scheduler.end_aborted()

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

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """As `Engine.word_vectors`."""
        if self._words is None:
            raise ModelLacksModality(
                f"{self._name} has no vectors of words.",
                model=self._name,
                hint="Choose an embedding model that runs in SARAi's own engine.",
            )
        return self._words.of(words)

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        """As `Engine.rerank`."""
        if self._reranker is None:
            raise ModelLacksModality(
                f"{self._name} is no reranker.",
                model=self._name,
                hint="Choose a model that is made for it, and set `embeddings: true`.",
            )
        return self._reranker.rerank(query, documents)

    def use_pause(self) -> None:
        """Nobody waits: do what would delay the next request."""
        if self._scheduler.ensure_sound():
            self._cache.copy_idle()

    def keep_states(self) -> None:
        """Write what its conversations came to, for when the model is loaded again.

        Raises: OSError.
        """
        if self._spec.states_path is not None and self._scheduler.ensure_sound():
            write_states(self._spec.states_path, identity_of(self._spec), self._cache.save_all())

    def set_threads(self, threads: int) -> None:
        """As `Engine.set_threads`."""
        self._model.set_threads(threads)

    def close(self) -> None:
        """Free the model."""
        if self._tower is not None:
            self._tower.close()
        self._model.close()

    def _check_chats(self) -> None:
        if self._pools:
            raise ModelLacksModality(
                f"{self._name} is an embeddings model and cannot converse.",
                model=self._name,
                hint="Choose a chat model.",
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
