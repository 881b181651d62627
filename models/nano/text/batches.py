"""Conversations of all kinds as batches of tokens.

Owns the mixture and its course: short passages first, long ones later. The batch of a step
follows from the seed and the number of the step alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from models.nano.network.tokenizer import END_OF_TEXT, ChatTokens
from models.nano.text.passages import SHAPES, Turn, reading
from models.nano.text.prompt import sources_text, spelled_turns
from models.nano.text.words import Words

POOL_STEPS = 16
"""So many steps share one pool, sorted by length, so that little is lost to padding."""


@dataclass(frozen=True)
class Batch:
    """Rows of equal length; `loss` is the weight of each token as a target."""

    tokens: Tensor  # (rows, length)
    loss: Tensor  # (rows, length)


@dataclass(frozen=True)
class Conversation:
    """`answer_tokens`: so many of the last answer are trained; None is all.

    The rest of a fixed answer costs time and teaches nothing new.
    """

    sources: str
    turns: tuple[Turn, ...]
    answer_tokens: int | None = None


Row = tuple[list[int], list[bool]]
"""Tokens, and which of them the model has to produce."""

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
    return row, produced


def draw_reading(random: Random, progress: float) -> Conversation:
    """Questions on passages; longer ones as the training goes on."""
    w = Words(random.choice(("en", "es")), random)
    names = ("tiny", "short", "full")
    longest = 1 if progress < 0.1 else 2 if progress < 0.3 else 3
    weights = (1, 2, 3)[:longest] if progress >= 0.1 else (1,)
    shape = SHAPES[random.choices(names[:longest], weights)[0]]
    numbered = random.random() > 0.08
    made = reading(w, shape, numbered=numbered)
    return Conversation(sources_text(made.passages, numbered=numbered), made.turns)


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
        source_weight: float,
        seed: int,
    ) -> None:
        self._chat, self._draw = chat, draw
        self._ordinary = chat.special(END_OF_TEXT)
        self._steps, self._batch_tokens, self._longest = steps, batch_tokens, longest
        self._source_weight, self._seed = source_weight, seed
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
            if talk is None:
                row = repeated_row(random, self._ordinary)
            else:
                row = _shortened(spelled_turns(self._chat, talk.sources, talk.turns), talk)
            if any(row[1]) and len(row[0]) <= self._longest:
                rows.append(row)
                total += len(row[0])
        rows.sort(key=lambda row: len(row[0]))
        batches = [self._padded(part) for part in _shares(rows, total)]
        random.shuffle(batches)
        return batches

    def _padded(self, rows: Sequence[Row]) -> Batch:
        longest = max(len(tokens) for tokens, _ in rows)
        tokens = torch.full((len(rows), longest), self._chat.turn_end)
        loss = torch.zeros(len(rows), longest)
        for number, (row, produced) in enumerate(rows):
            tokens[number, : len(row)] = torch.tensor(row)
            weights = torch.tensor(produced).float()
            loss[number, : len(row)] = weights.clamp(min=self._source_weight)
        return Batch(tokens, loss)


def _shortened(row: Row, talk: Conversation) -> Row:
    if talk.answer_tokens is None or not talk.turns:
        return row
    tokens, produced = row
    last_asked = len(produced) - produced[::-1].index(False)
    end = last_asked + talk.answer_tokens
    return tokens[:end], produced[:end]


def _shares(rows: Sequence[Row], total: int) -> list[list[Row]]:
    """POOL_STEPS parts of about as many tokens each, none empty."""
    parts: list[list[Row]] = [[] for _ in range(POOL_STEPS)]
    seen = 0
    for row in rows:
        parts[min(POOL_STEPS - 1, seen * POOL_STEPS // total)].append(row)
        seen += len(row[0])
    return parts
