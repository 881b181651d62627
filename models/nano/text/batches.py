"""Conversations of all kinds as batches of tokens.

Owns the mixture and its course: short passages first, long ones later. The batch of a step
follows from the seed and the number of the step alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from random import Random

import torch
from torch import Tensor

from models.nano.network.tokenizer import END_OF_TEXT, ChatTokens
from models.nano.text.hints import UNKNOWN, Hints, hints, no_hints, sum_hints
from models.nano.text.passages import Turn
from models.nano.text.prompt import spelled_turns

POOL_STEPS = 16
"""So many steps share one pool, sorted by length, so that little is lost to padding."""


@dataclass(frozen=True)
class Batch:
    """Rows of equal length; `loss` is the weight of each token as a target. The rest: Hints."""

    tokens: Tensor  # (rows, length), as are the others
    loss: Tensor
    in_question: Tensor
    in_answer: Tensor
    copied_from: Tensor

    def to(self, device: torch.device) -> Batch:
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


@dataclass(frozen=True)
class Conversation:
    """`answer_tokens`: so many of the last answer are trained; None is all.

    The rest of a fixed answer costs time and teaches nothing new.
    """

    sources: str
    turns: tuple[Turn, ...]
    answer_tokens: int | None = None


@dataclass(frozen=True)
class Row:
    """Tokens, which of them the model has to produce, and what helps it."""

    tokens: list[int]
    produced: list[bool]
    hints: Hints


Draw = Callable[[Random, float], Conversation | None]
"""From a random source and the progress of the training, in [0, 1], to a conversation; None
asks for a row of random tokens that are said twice."""


def repeated_row(random: Random, tokens: int) -> Row:
    """Random tokens, again after a while: the shortest way to learn to copy."""
    parts = [[random.randrange(tokens) for _ in range(random.randint(4, 24))] for _ in range(2)]
    order = random.choice(([0, 1, 0, 1], [0, 1, 1, 0], [0, 0, 1, 1], [0, 1, 0]))
    row: list[int] = []
    produced: list[bool] = []
    seen: set[int] = set()
    for number in order:
        row += parts[number]
        again = number in seen
        produced += [again and place > 0 for place in range(len(parts[number]))]
        seen.add(number)
    return Row(row, produced, no_hints(len(row)))


class Batches:
    """Batches of about `batch_tokens` tokens each, padding included."""

    def __init__(
        self,
        chat: ChatTokens,
        draw: Draw,
        *,
        steps: int,
        batch_tokens: int,
        longest: int,
        seed: int,
    ) -> None:
        self._chat, self._draw = chat, draw
        self._ordinary = chat.special(END_OF_TEXT)
        self._steps, self._batch_tokens, self._longest = steps, batch_tokens, longest
        self._seed = seed
        self._pool_number, self._pool = -1, list[Batch]()

    def batch(self, step: int) -> Batch:
        number, place = divmod(step, POOL_STEPS)
        if number != self._pool_number:
            self._pool_number, self._pool = number, self._fill(number)
        return self._pool[place]

    def _fill(self, number: int) -> list[Batch]:
        random = Random(f"{self._seed}/{number}")
        progress = number * POOL_STEPS / max(1, self._steps)
        wanted = self._batch_tokens * POOL_STEPS
        rows: list[Row] = []
        total = 0
        while total < wanted:
            talk = self._draw(random, progress)
            row = repeated_row(random, self._ordinary) if talk is None else _row(self._chat, talk)
            if any(row.produced) and len(row.tokens) <= self._longest:
                rows.append(row)
                total += len(row.tokens)
        rows.sort(key=lambda row: len(row.tokens))
        batches = [self._padded(part) for part in _shares(rows, total)]
        random.shuffle(batches)
        return batches

    def _padded(self, rows: Sequence[Row]) -> Batch:
        return Batch(
            _table([row.tokens for row in rows], self._chat.turn_end),
            _table([row.produced for row in rows], False).float(),
            _table([row.hints.in_question for row in rows], UNKNOWN),
            _table([row.hints.in_answer for row in rows], UNKNOWN),
            _table([row.hints.copied_from for row in rows], UNKNOWN),
        )


def _table(rows: Sequence[Sequence[int]], filler: int) -> Tensor:
    """(rows, tokens of the longest)."""
    longest = max(len(row) for row in rows)
    return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])


def _row(chat: ChatTokens, talk: Conversation) -> Row:
    tokens, produced = spelled_turns(chat, talk.sources, talk.turns)
    found = no_hints(len(tokens))
    if talk.turns and talk.sources:
        found = hints(chat, talk.sources, talk.turns[-1], tokens)
    elif talk.turns:
        found = sum_hints(chat, talk.turns[-1], tokens)
    end = len(tokens)
    if talk.answer_tokens is not None and talk.turns:
        last_asked = len(produced) - produced[::-1].index(False)
        end = min(end, last_asked + talk.answer_tokens)
    return Row(tokens[:end], produced[:end], found.shortened(end))


def _shares(rows: Sequence[Row], total: int) -> list[list[Row]]:
    """POOL_STEPS parts of about as many tokens each, none empty."""
    parts: list[list[Row]] = [[] for _ in range(POOL_STEPS)]
    seen = 0
    for row in rows:
        parts[min(POOL_STEPS - 1, seen * POOL_STEPS // total)].append(row)
        seen += len(row.tokens)
    return parts
