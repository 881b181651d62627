"""What one step evaluates: a token of every answer and pieces of the prompts that are read.

Owns the shares that the requests get of one batch; knows nothing of queues and ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.engines.llama.native.model import NativeModel
from core.engines.llama.serving.generation import Generation

SHARED_PROMPT_TOKENS = 64
"""Prompt tokens per step while somebody's answer is being generated, in place of a whole
batch, which takes seconds."""


class Piece(NamedTuple):
    """The tokens of one request in a batch; `last` is the index of the last of them there."""

    generation: Generation
    tokens: list[int]
    last: int


class SharedBatch:
    """Fills the batch of a model for several requests."""

    def __init__(self, model: NativeModel) -> None:
        self._model = model

    def fill(self, running: Sequence[Generation]) -> list[Piece]:
        """Put in what comes next of all that do not wait for a picture or recording."""
        self._model.batch.clear()
        answering = [each for each in running if each.answering]
        reading = [each for each in running if not (each.answering or each.medium())]
        pieces = [self._add(each, 1) for each in answering]
        room = self._model.batch_tokens - len(answering)
        if answering:
            room = min(room, SHARED_PROMPT_TOKENS)
        # Equal shares, and what the short ones leave goes to the long ones.
        reading.sort(key=lambda each: each.left)
        for index, generation in enumerate(reading):
            piece = self._add(generation, max(1, room // (len(reading) - index)))
            room -= len(piece.tokens)
            pieces.append(piece)
        return pieces

    def _add(self, generation: Generation, limit: int) -> Piece:
        tokens = generation.tokens(limit)
        sequence = generation.sequence
        wanted = len(tokens) == generation.left
        last = self._model.batch.add(tokens, sequence.position, sequence.number, wanted=wanted)
        return Piece(generation, tokens, last)
