"""One request while it is answered: its prompt piece by piece, then its answer token by token.

Owns what of it is evaluated next, its text, its sampler and its figures; knows nothing of
the requests beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.answer.steering import Steering
from core.engines.llama.cache.cached_sequence import CachedSequence
from core.engines.llama.cache.prompt_entries import Entry, Media, tokens_in
from core.engines.llama.native.media import MediaPrompt
from core.engines.llama.native.model import NativeModel
from core.engines.llama.prompt.prompting import Prompt
from core.engines.protocol import (
    Completion,
    FinishReason,
    GenerationRequest,
    TextDelta,
    Usage,
)

Deliver = Callable[[TextDelta | Completion | Exception], None]
"""Takes an answer: deltas, and at the end one completion or error."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A request and whom to answer; `Aborts` knows it by its number."""

    number: int
    request: GenerationRequest
    deliver: Deliver


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A job and the prompt that it came to.

    Args:
        limit_tokens: of the answer; what the context has room for at most.
        started_s: when work on it began, by `time.perf_counter`.
        resources: what has to be closed when the request has ended.
    """

    job: Job
    prompt: Prompt
    entries: Sequence[Entry]
    steering: Steering
    prompt_tokens: int
    limit_tokens: int
    started_s: float
    resources: ExitStack


class Generation:
    """One request, from when it was given a sequence of the cache.

    Args:
        work: the request with its prompt.
        sequence: holds the beginning of the prompt that needs no evaluation.
    """

    def __init__(self, model: NativeModel, work: Prepared, sequence: CachedSequence) -> None:
        self.job = work.job
        self.sequence = sequence
        self.answering = False
        self.finish_reason: FinishReason | None = None
        self._model = model
        self._work = work
        self._pending = work.entries
        self._at = len(sequence.entries)
        self._reused_tokens = tokens_in(sequence.entries)
        self._answer_tokens = 0
        self._text = work.steering.text
        self._answering_since_s = work.started_s

    @property
    def left(self) -> int:
        """Entries that are to be evaluated before a token can be chosen."""
        return len(self._pending) - self._at

    def medium(self) -> Media | None:
        """The picture or recording that comes next; None when tokens do."""
        entry = self._pending[self._at]
        return entry if isinstance(entry, Media) else None

    def tokens(self, limit: int) -> list[int]:
        """The tokens that come next, up to a medium, and at most `limit`."""
        tokens: list[int] = []
        for entry in self._pending[self._at : self._at + limit]:
            if isinstance(entry, Media):
                break
            tokens.append(entry)
        return tokens

    def evaluate_medium(self, medium: Media) -> None:
        """Raises: Cancelled, EngineFailed."""
        prompt = self._work.prompt
        assert isinstance(prompt, MediaPrompt)  # noqa: S101  # others hold no media
        prompt.evaluate(medium, self.sequence.position, self.sequence.number)

    def evaluated(self, entries: Sequence[Entry]) -> None:
        """The next `entries` are in the cache."""
        self.sequence.append(entries)
        self._at += len(entries)

    def choose(self, scores: NDArray[np.float32]) -> str:
        """Choose the token that follows by the scores of all; returns the new text.

        Raises: InvalidInput, when the grammar leads nowhere.
        """
        if not self.answering:
            self.answering = True
            self._answering_since_s = time.perf_counter()
            if self._work.limit_tokens <= 0:
                self.finish_reason = "length"
                return ""
        token = self._work.steering.sampler.sample(scores)
        if self._model.vocabulary.ends_answer(token):
            self.finish_reason = "stop"
            return ""
        self._answer_tokens += 1
        self._pending, self._at = [token], 0
        text = self._text.feed(token)
        if self._text.stopped:
            self.finish_reason = "stop"
        elif self._answer_tokens == self._work.limit_tokens:
            self.finish_reason = "length"
        return text

    def rest(self) -> str:
        """Text that was held back, when no more tokens come."""
        return self._text.finish()

    def completion(self, reason: FinishReason) -> Completion:
        """The end, after `rest`, with what it cost."""
        now_s = time.perf_counter()
        prompt_end_s = self._answering_since_s if self.answering else now_s
        return self._work.steering.completion(
            reason,
            Usage(
                self._work.prompt_tokens,
                self._answer_tokens,
                self._reused_tokens,
                (prompt_end_s - self._work.started_s) * 1000,
                (now_s - prompt_end_s) * 1000,
            ),
        )

    def close(self) -> None:
        self._work.resources.close()
