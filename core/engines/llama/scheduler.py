"""Who is answered when: requests wait in order, and those that run share each evaluation.

Owns the queue, the running requests and the step that moves them all on; knows nothing of
pipes. A step evaluates one token of every answer together with a piece of each prompt that
is being read, so nobody waits for more than one piece of another's prompt. Pictures and
recordings are encoded one per step, by a library that takes them alone: meanwhile all wait.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from core.engines.llama.aborts import Aborts
from core.engines.llama.generation import Generation, Job, Prepared
from core.engines.llama.kv_cache import KvCache
from core.engines.llama.native_media import MediaPrompt
from core.engines.llama.native_model import NativeModel
from core.engines.llama.prompting import Prompting
from core.engines.llama.steering import open_sampler
from core.engines.protocol import Completion, FinishReason, TextDelta, Usage
from core.errors import Cancelled

SHARED_PROMPT_TOKENS = 64
"""Prompt tokens per step while somebody's answer is being generated, in place of a whole
batch, which takes seconds."""


class Scheduler:
    """Answers requests in one context, on the thread that calls `step`."""

    def __init__(self, model: NativeModel, prompting: Prompting, aborts: Aborts) -> None:
        self._model = model
        self._cache = KvCache(model.memory)
        self._prompting = prompting
        self._aborts = aborts
        self._waiting: deque[Job] = deque()
        self._first: Prepared | None = None  # of those who wait, when it has a prompt
        self._running: list[Generation] = []

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
        self._evaluate_medium()
        self._evaluate_batch()

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
            sampler = stack.enter_context(open_sampler(job.request, self._model.vocabulary))
            prompt = stack.enter_context(self._prompting.prompt(job.request.messages))
            self._prompting.check_fits(prompt)
            limit_tokens = min(job.request.max_tokens, self._model.context_tokens - len(prompt))
            return Prepared(
                job,
                prompt,
                prompt.entries() if isinstance(prompt, MediaPrompt) else prompt,
                sampler,
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
                self._choose(generation, -1)

    def _evaluate_batch(self) -> None:
        """One token of each answer, and pieces of the prompts."""
        self._model.batch.clear()
        answering = [each for each in self._running if each.answering]
        reading = [each for each in self._running if not (each.answering or each.medium())]
        pieces = [self._add(each, 1) for each in answering]
        room = self._model.batch_tokens - len(answering)
        if answering:
            room = min(room, SHARED_PROMPT_TOKENS)
        # Equal shares, and what the short ones leave goes to the long ones.
        reading.sort(key=lambda each: each.left)
        for index, generation in enumerate(reading):
            share = self._add(generation, max(1, room // (len(reading) - index)))
            room -= len(share[1])
            pieces.append(share)
        if pieces:
            self._decode(pieces)

    def _add(self, generation: Generation, limit: int) -> tuple[Generation, list[int], int]:
        """Put the next piece into the batch; returns it, and its last token's index there."""
        if not generation.answering:
            # The last token is evaluated as it will be when all before it is reused, because
            # llama.cpp rounds otherwise in larger batches: asked again, the answer is the same.
            if generation.left == 1:
                self._cache.keep_prompt(generation.sequence)
            limit = max(1, min(limit, generation.left - 1))
        tokens = generation.tokens(limit)
        sequence = generation.sequence
        wanted = len(tokens) == generation.left
        index = self._model.batch.add(tokens, sequence.position, sequence.number, wanted=wanted)
        return generation, tokens, index

    def _decode(self, pieces: Sequence[tuple[Generation, list[int], int]]) -> None:
        generations = [generation for generation, _, _ in pieces]
        with self._failing(generations):
            with self._aborts.evaluating([each.job.number for each in generations]):
                self._model.decode()
            for generation, tokens, _ in pieces:
                generation.evaluated(tokens)
        for generation, _, index in pieces:
            if generation.left == 0:
                with self._failing([generation]):
                    self._choose(generation, index)

    def _choose(self, generation: Generation, index: int) -> None:
        if text := generation.choose(index):
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
