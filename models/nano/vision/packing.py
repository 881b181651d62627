"""Rows of tokens that hold a picture and questions about it, and batches of such rows.

A row holds one picture and several questions, each of which sees the picture and itself but
no other question: the picture is looked at once. One more question in the row cannot see the
picture at all. Owns packing and masks; knows nothing of what is asked or of the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.nano.network.tokenizer import IMAGE, VISION_END, VISION_START, ChatTokens
from models.nano.vision.asked import Asked
from models.nano.vision.drawing import Pixels
from models.nano.vision.glances import Codes, glances, places
from models.nano.vision.pictures import Integers, Picture
from models.nano.vision.words import CHARACTERS

IGNORED = -100
SEEN_BY_ALL, PADDING = 0, -1
BLIND = 1000
"""The branch that sees what stands before the picture, but not the picture."""


@dataclass(frozen=True)
class Batch:
    """Tensors of one step. `answers` holds the next token where it is to be learned."""

    pixels: Tensor
    patch_labels: Tensor
    token_labels: Tensor
    tokens: Tensor
    positions: Tensor
    mask: Tensor
    answers: Tensor
    media_at: tuple[Tensor, Tensor]
    glances: Tensor  # (n, 2): row and place of tokens that are read off the picture
    glanced_at: Tensor  # (n, tokens): True where they stand in the picture


@dataclass
class Row:
    """Tokens with, for each, its three positions, its branch and whether it is to be learned."""

    tokens: list[int]
    positions: list[tuple[int, int, int]]
    branches: list[int]
    learned: list[bool]
    picture_at: int
    glances: dict[int, Codes]  # from the place of a token to what it is read off

    def add(self, tokens: Sequence[int], start: int, branch: int, *, learned: bool = False) -> int:
        """Append `tokens` from position `start` on; returns the position after them."""
        self.tokens += tokens
        self.positions += [(start + number,) * 3 for number in range(len(tokens))]
        self.branches += [branch] * len(tokens)
        self.learned += [learned] * len(tokens)
        return start + len(tokens)

    def drop_last(self) -> None:
        """Without the last token, the end of an empty answer: ready to be continued."""
        for each in (self.tokens, self.positions, self.branches, self.learned):
            del each[-1]


def _parted(answer: str) -> tuple[str, str, str]:
    """What stands before a printed word, the word, and what stands after it."""
    before, quote, rest = answer.partition("“")
    word, closing, after = rest.partition("”")
    return (before + quote, word, closing + after) if quote else ("", "", answer)


class Packer:
    """From pictures and questions to rows and batches."""

    def __init__(self, chat: ChatTokens) -> None:
        self._chat = chat
        self._start, self._end = chat.special(VISION_START), chat.special(VISION_END)
        self._image = chat.special(IMAGE)
        self._to_answer = [*chat.closed(), *chat.opened("assistant")]
        self._letters = {letter: self._letter(letter) for letter in CHARACTERS}

    def _letter(self, letter: str) -> int:
        tokens = self._chat.text(letter)
        if len(tokens) != 1:
            raise ValueError(f"{letter!r} is {len(tokens)} tokens; print it more often in training")
        return tokens[0]

    def answer(self, text: str) -> list[int]:
        """A printed word is spelled letter by letter: it is read, not recalled."""
        before, word, after = _parted(text)
        letters = [self._letters[letter] for letter in word]
        return [*self._chat.text(before), *letters, *self._chat.answer(after)]

    def _glances(self, asked: Asked) -> Iterator[tuple[int, Codes]]:
        """(place in the answer, what it is read off)."""
        before, word, after = _parted(asked.answer)
        spans = list(self._chat.spans(before))
        start = len(before)
        spans += [(start + number, start + number + 1) for number in range(len(word))]
        start += len(word)
        spans += [(start + first, start + end) for first, end in self._chat.spans(after)]
        codes = glances(asked, spans, range(len(before), len(before) + len(word)))
        return ((place, each) for place, each in enumerate(codes) if each)

    def row(
        self,
        rows: int,
        columns: int,
        conversations: Sequence[Sequence[Asked]],
        *,
        blind: tuple[str, str] | None = None,
        history: Sequence[tuple[str, str]] = (),
        question_first: str = "",
    ) -> Row:
        """One picture and `conversations` about it, each of one or more questions.

        Args:
            blind: a question and its answer without the picture.
            history: turns of (role, text) before the picture.
            question_first: text before the picture, which the one conversation answers; its
                question is not repeated.
        """
        before = [token for role, text in history for token in self._chat.turn(role, text)]
        opened = [*before, *self._chat.opened("user", question_first)]
        row = Row([], [], [], [], len(opened) + 1, {})
        place = row.add([*opened, self._start], 0, SEEN_BY_ALL)
        self._add_image(row, place, rows, columns)
        after = row.add([self._end], place + max(rows, columns), SEEN_BY_ALL)
        for branch, conversation in enumerate(conversations, 1):
            position = after
            for number, asked in enumerate(conversation):
                text = [] if question_first else self._chat.text(asked.question)
                if number:
                    text = [*self._chat.text("\n"), *self._chat.opened("user", asked.question)]
                position = row.add([*text, *self._to_answer], position, branch)
                answer = self.answer(asked.answer)
                first = len(row.tokens)
                row.glances |= {first + place: codes for place, codes in self._glances(asked)}
                position = row.add(answer, position, branch, learned=True)
        if blind is not None:
            asked_blind = [*self._chat.text(blind[0]), *self._to_answer]
            if not question_first:
                # The text of the turn is tokenised in one piece where no picture parts it.
                position = row.add(asked_blind, len(opened), BLIND)
                row.add(self._chat.answer(blind[1]), position, BLIND, learned=True)
        return row

    def _add_image(self, row: Row, place: int, rows: int, columns: int) -> None:
        count = rows * columns
        row.tokens += [self._image] * count
        row.positions += [
            (place, place + number // columns, place + number % columns) for number in range(count)
        ]
        row.branches += [SEEN_BY_ALL] * count
        row.learned += [False] * count

    def pack(self, rows: Sequence[Row], pictures: Sequence[Picture]) -> Batch:
        """Rows of different lengths in one batch, filled up with padding."""
        batch, longest = len(rows), max(len(row.tokens) for row in rows)
        tokens = np.zeros((batch, longest), np.int64)
        positions = np.zeros((3, batch, longest), np.int64)
        branches = np.full((batch, longest), PADDING)
        answers = np.full((batch, longest), IGNORED)
        for number, row in enumerate(rows):
            length = len(row.tokens)
            tokens[number, :length] = row.tokens
            positions[:, number, :length] = np.array(row.positions).T
            branches[number, :length] = row.branches
            targets = np.where(row.learned, row.tokens, IGNORED)
            answers[number, : length - 1] = targets[1:]
        starts = np.array([row.picture_at for row in rows])
        count = len(pictures[0].token_labels)
        looking, seen = _glanced(rows, pictures, longest)
        return Batch(
            pixels=as_tensor([picture.pixels for picture in pictures]),
            patch_labels=torch.from_numpy(np.stack([each.patch_labels for each in pictures])),
            token_labels=torch.from_numpy(np.stack([each.token_labels for each in pictures])),
            tokens=torch.from_numpy(tokens),
            positions=torch.from_numpy(positions),
            mask=_mask(torch.from_numpy(branches), torch.from_numpy(starts)),
            answers=torch.from_numpy(answers),
            media_at=(
                torch.arange(batch).repeat_interleave(count),
                torch.from_numpy((starts[:, None] + np.arange(count)).reshape(-1)),
            ),
            glances=looking,
            glanced_at=seen,
        )


def _glanced(
    rows: Sequence[Row], pictures: Sequence[Picture], longest: int
) -> tuple[Tensor, Tensor]:
    looking: list[tuple[int, int]] = []
    seen: list[Integers] = []
    for number, (row, picture) in enumerate(zip(rows, pictures, strict=True)):
        for place, codes in row.glances.items():
            found = places(codes, picture.centres, picture.patch_labels)
            if len(found):
                there = np.zeros(longest, np.int64)
                there[row.picture_at + found] = 1
                looking.append((number, place))
                seen.append(there)
    if not looking:
        return torch.zeros(0, 2, dtype=torch.long), torch.zeros(0, longest, dtype=torch.bool)
    return torch.tensor(looking), torch.from_numpy(np.stack(seen)) > 0


def as_tensor(pictures: Sequence[Pixels]) -> Tensor:
    """(batch, 3, height, width) from -1 to 1."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def _mask(branches: Tensor, starts: Tensor) -> Tensor:
    """(batch, 1, tokens, tokens): True where a token may look."""
    order = torch.arange(branches.shape[1])
    looking, seen = branches[:, :, None], branches[:, None, :]
    mask = (seen == SEEN_BY_ALL) | (seen == looking)
    # The start of vision stands one place before the picture.
    hidden = (looking == BLIND) & (seen == SEEN_BY_ALL)
    mask &= ~(hidden & (order[None, None, :] >= starts[:, None, None] - 1))
    mask &= order[None, :] <= order[:, None]
    return (mask | torch.eye(len(order), dtype=torch.bool))[:, None]
