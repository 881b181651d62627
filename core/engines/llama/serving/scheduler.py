"""Who is answered when: requests wait in order, and those that run share each evaluation.

Owns the queue, the running requests and the step that moves them all on; knows nothing of
pipes. A step evaluates one token of every answer together with a piece of each prompt that
is being read (`shared_batch`), so nobody waits for more than one piece of another's prompt.
Pictures and recordings are encoded one per step, by a library that takes them alone:
meanwhile all wait.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.answer.steering import Steering
from core.engines.llama.cache.kv_cache import KvCache
from core.engines.llama.native.media import MediaPrompt
from core.engines.llama.native.model import NativeModel, NoNumbers
from core.engines.llama.prompt.prompting import Prompting
from core.engines.llama.serving.aborts import Aborts
from core.engines.llama.serving.generation import Generation, Job, Prepared
from core.engines.llama.serving.shared_batch import SharedBatch
from core.engines.protocol import Completion, FinishReason, TextDelta, Usage
from core.errors import Cancelled


class Scheduler:
    """Answers requests in one context, on the thread that calls `step`."""

    def __init__(
        self, model: NativeModel, cache: KvCache, prompting: Prompting, aborts: Aborts
    ) -> None:
        self._model = model
        self._cache = cache
        self._batch = SharedBatch(model)
        self._prompting = prompting
        self._aborts = aborts
        self._waiting: deque[Job] = deque()
        self._first: Prepared | None = None  # of those who wait, when it has a prompt
        self._running: list[Generation] = []
        self._spoilt = False

    @property
    def busy(self) -> bool:
        """Whether a step has anything to do."""
        return bool(self._waiting or self._running)

    def submit(self, job: Job) -> None:
        """Queue a request that `Aborts` knows; steps answer it."""
        self._waiting.append(job)

    def step(self) -> None:
        """Move every running request on; begin those for which there is room."""
        self.end_aborted()
        self._admit()
        self._begin_known()
        self._evaluate_medium()
        self._evaluate_batch()

    def ensure_sound(self) -> bool:
        """Whether what the cache holds are numbers: it is wiped if not, once nobody uses it."""
        if self._spoilt and not self._running:
            self._cache.wipe()
            self._spoilt = False
        return not self._spoilt

    def end_aborted(self) -> None:
        """End the requests that were called off."""
        aborted = self._aborts.aborted()
        if not aborted:
            return
        for job in [job for job in self._waiting if job.number in aborted]:
            self._leave_queue(job, Completion("cancelled", Usage(0, 0)))
        for generation in [each for each in self._running if each.job.number in aborted]:
            self._end(generation, "cancelled")

    def _admit(self) -> None:
        """First come, first served: a large request is not overtaken by small ones."""
        if not self.ensure_sound():
            return
        while self._waiting and self._cache.has_idle():
            job = self._waiting[0]
            try:
                work = self._first = self._first or self._prepare(job)
            except Exception as error:  # noqa: BLE001  # whatever it was, only this one hears it
                self._leave_queue(job, error)
                continue
            need_tokens = work.prompt_tokens + max(0, work.limit_tokens)
            sequence = self._cache.take(work.entries, need_tokens)
            if sequence is None:
                return
            self._waiting.popleft()
            self._first = None
            self._running.append(Generation(self._model, work, sequence))

    def _prepare(self, job: Job) -> Prepared:
        started_s = time.perf_counter()
        with ExitStack() as stack:
            vocabulary, form = self._model.vocabulary, self._prompting.tool_format
            steering = Steering(job.request, vocabulary, form, self._model.name)
            stack.callback(steering.close)
            told = (job.request.messages, steering.tools, steering.opening)
            prompt = stack.enter_context(self._prompting.prompt(*told))
            self._prompting.check_fits(prompt)
            limit_tokens = min(job.request.max_tokens, self._model.context_tokens - len(prompt))
            return Prepared(
                job,
                prompt,
                prompt.entries() if isinstance(prompt, MediaPrompt) else prompt,
                steering,
                len(prompt),
                limit_tokens,
                started_s,
                stack.pop_all(),
            )

    def _leave_queue(self, job: Job, outcome: Completion | Exception) -> None:
        if self._first is not None and self._first.job is job:
            self._first.resources.close()
            self._first = None
        self._waiting.remove(job)
        self._aborts.close(job.number)
        job.deliver(outcome)

    def _begin_known(self) -> None:
        """Answers to prompts of which nothing needs evaluation."""
        for generation in [each for each in self._running if each.left == 0]:
            scores = generation.sequence.scores
            assert scores is not None  # noqa: S101  # all of a prompt is reused only with them
            with self._failing([generation]):
                self._choose(generation, scores)

    def _evaluate_medium(self) -> None:
        """One picture or recording, of whoever has waited longest for his."""
        generation = next((each for each in self._running if each.medium()), None)
        if generation is None:
            return
        self._running.remove(generation)
        self._running.append(generation)
        medium = generation.medium()
        assert medium is not None  # noqa: S101  # it was chosen for its medium
        with self._failing([generation]):
            with self._aborts.evaluating([generation.job.number]):
                generation.evaluate_medium(medium)
            generation.evaluated([medium])
            if generation.left == 0:
                self._answer(generation, -1)

    def _evaluate_batch(self) -> None:
        pieces = self._batch.fill(self._running)
        if not pieces:
            return
        with self._failing([piece.generation for piece in pieces]):
            with self._aborts.evaluating([piece.generation.job.number for piece in pieces]):
                self._model.decode()
            for piece in pieces:
                piece.generation.evaluated(piece.tokens)
        for piece in pieces:
            if piece.generation.left == 0:
                with self._failing([piece.generation]):
                    self._answer(piece.generation, piece.last)

    def _answer(self, generation: Generation, index: int) -> None:
        """Go on after token `index` of what was evaluated."""
        scores = self._model.logits(index)
        if not generation.answering:
            self._cache.keep_scores(generation.sequence, scores)
        self._choose(generation, scores)

    def _choose(self, generation: Generation, scores: NDArray[np.float32]) -> None:
        if text := generation.choose(scores):
            generation.job.deliver(TextDelta(text))
        if generation.finish_reason is not None:
            self._end(generation, generation.finish_reason)

    @contextmanager
    def _failing(self, generations: Sequence[Generation]) -> Iterator[None]:
        """What fails inside costs these requests and no other."""
        try:
            yield
        except Cancelled:  # all of them were called off; the next step ends them
            for generation in generations:
                self._cache.repair(generation.sequence)
        except Exception as error:  # noqa: BLE001  # whatever it was, these must hear of it
            # What is no number spoils what is computed beside it, even out of forgotten cells.
            self._spoilt |= isinstance(error, NoNumbers)
            for generation in generations:
                self._cache.repair(generation.sequence)
                self._end(generation, error)

    def _end(self, generation: Generation, outcome: FinishReason | Exception) -> None:
        self._running.remove(generation)
        self._cache.release(generation.sequence)
        self._aborts.close(generation.job.number)
        generation.close()
        if isinstance(outcome, Exception):
            generation.job.deliver(outcome)
            return
        if rest := generation.rest():
            generation.job.deliver(TextDelta(rest))
        generation.job.deliver(generation.completion(outcome))
