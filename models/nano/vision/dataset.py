"""Batches for training: pictures, what lies in them, and questions packed into rows.

A row holds one picture and several questions, each of which sees the picture and itself but
no other question: the picture is looked at once. One more question in the row cannot see the
picture at all. Owns packing and masks; knows nothing of the network's inside.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from models.nano.network.tokenizer import IMAGE, VISION_END, VISION_START, ChatTokens
from models.nano.vision.drawing import (
    MOST_TOKENS,
    TOKEN_PX,
    Pixels,
    centred,
    content_size,
    draw,
    grid_of,
    labels,
    with_grain,
)
from models.nano.vision.glances import Codes, glances, places
from models.nano.vision.names import COLOURS, SHAPES
from models.nano.vision.photographs import make_photograph
from models.nano.vision.questions import KINDS, NO_PICTURE, Asked, about_photograph, any_question
from models.nano.vision.questions import sample as sample_questions
from models.nano.vision.scenes import FIRST_TRAINING_SEED, Scene, make_page, make_scene
from models.nano.vision.words import CHARACTERS, LONGEST

Integers = NDArray[np.int64]
PATCH_PX = TOKEN_PX // 2
PHOTOGRAPH_SHARE, PAGE_SHARE = 0.1, 0.25
BLIND_SHARE = 0.3
IGNORED = -100

SHAPE_WORD, SHAPE_PHOTOGRAPH = len(SHAPES) + 1, len(SHAPES) + 2
PATCH_CLASSES = (
    *(len(SHAPES) + 3, len(COLOURS) + 1),
    *(len(CHARACTERS) + 1, len(CHARACTERS) + 1, LONGEST + 1, LONGEST + 1),
)
"""Per patch: what covers it, its colour, the letter in its left and right half, and the
numbers of those letters in the word. 0 is nothing."""

TOKEN_CLASSES = (len(SHAPES) + 3, len(COLOURS) + 1, 10)
"""Per token: of the thing whose centre it holds, the kind, the colour and 1 + the cell."""

GREETINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("hello", "Hello. Show me a drawing and ask about it."),
        ("who are you?", "I am SARAi's small embedded vision model."),
        ("what can you do?", "I see drawn shapes, their colours and places, and short words."),
        ("thank you", "You are welcome."),
    ),
    "es": (
        ("hola", "Hola. Enséñame un dibujo y pregunta."),
        ("¿quién eres?", "Soy el modelo pequeño de visión incluido en SARAi."),
        ("¿qué sabes hacer?", "Veo figuras dibujadas, sus colores y lugares, y palabras cortas."),
        ("gracias", "De nada."),
    ),
}


@dataclass(frozen=True)
class Picture:
    """Pixels of whole tokens, what they show, and the labels of patches and tokens."""

    pixels: Pixels
    scene: Scene | None
    patch_labels: Integers
    token_labels: Integers
    centres: tuple[int, ...] = ()  # the tokens that hold the centres of shapes, then of words


@dataclass(frozen=True)
class Frame:
    """The size that all pictures of a batch share: its grid of tokens, and the part of it
    that is not black.
    """

    rows: int
    columns: int
    width_px: int
    height_px: int


def random_frame(rng: random.Random, *, smaller_share: float = 0.08) -> Frame:
    """As pictures of common sizes come to the tower; some of them with fewer tokens."""
    chance = rng.random()
    if chance < 0.4:
        aspect = 1.0
    elif chance < 0.8:
        aspect = rng.choice((4 / 3, 4 / 3, 3 / 2, 16 / 9, 3 / 4, 2 / 3))
    else:
        aspect = rng.uniform(0.55, 1.9)
    height_px = 1000
    width_px = round(height_px * aspect)
    smaller = rng.random() < smaller_share
    most_tokens = rng.randint(20, MOST_TOKENS) if smaller else MOST_TOKENS
    rows, columns = grid_of(width_px, height_px, most_tokens)
    if rng.random() < 0.3:
        return Frame(rows, columns, columns * TOKEN_PX, rows * TOKEN_PX)
    return Frame(rows, columns, *content_size(width_px, height_px, rows, columns))


def make_picture(seed: int, frame: Frame, *, page_share: float = 0.0) -> Picture:
    """A photograph, a page of words or a scene, drawn larger and scaled down."""
    rng = random.Random(f"picture {seed}")
    if rng.random() < PHOTOGRAPH_SHARE:
        content = make_photograph(seed, frame.width_px, frame.height_px)
        return _photograph(content, frame)
    stretched = 1.0 if rng.random() < 0.4 else rng.uniform(0.93, 1.07)
    make = make_page if rng.random() < page_share else make_scene
    scene = make(seed, frame.width_px / frame.height_px * stretched)
    size = (frame.width_px, frame.height_px)
    content = rendered(scene, size, enlarged=rng.choice((1.0, 1.3, 1.7, rng.uniform(1, 3))))
    content = with_grain(content, seed)
    return Picture(centred(content, frame.rows, frame.columns), scene, *_labels(scene, frame))


def rendered(scene: Scene, size_px: tuple[int, int], *, enlarged: float) -> Pixels:
    """Drawn at `enlarged` times the size and scaled down, as a large picture would be."""
    width_px = round(size_px[0] * enlarged)
    large = draw(scene, width_px, max(1, round(width_px * scene.height / scene.width)))
    return np.asarray(Image.fromarray(large).resize(size_px, Image.Resampling.BICUBIC))


def _photograph(content: Pixels, frame: Frame) -> Picture:
    patches = np.zeros((4 * frame.rows * frame.columns, len(PATCH_CLASSES)), np.int64)
    tokens = np.zeros((frame.rows * frame.columns, len(TOKEN_CLASSES)), np.int64)
    patches[:, 0] = tokens[:, 0] = SHAPE_PHOTOGRAPH
    return Picture(centred(content, frame.rows, frame.columns), None, patches, tokens)


def _labels(scene: Scene, frame: Frame) -> tuple[Integers, Integers, tuple[int, ...]]:
    """Of patches, of tokens, and the tokens that hold the centres of things."""
    rows, columns = frame.rows * 2, frame.columns * 2
    width_px, height_px = frame.width_px, frame.height_px
    drawn_high = max(1, round(width_px * scene.height / scene.width))
    maps = labels(scene, width_px, drawn_high)
    left = (frame.columns * TOKEN_PX - width_px) // 2
    top = (frame.rows * TOKEN_PX - height_px) // 2

    def at(field: Pixels, across_px: int, down_px: int) -> Integers:
        x = np.arange(columns) * PATCH_PX + PATCH_PX // 2 + across_px - left
        y = np.arange(rows) * PATCH_PX + PATCH_PX // 2 + down_px - top
        inside = ((y >= 0) & (y < height_px))[:, None] & ((x >= 0) & (x < width_px))[None, :]
        y = np.clip(y * drawn_high // height_px, 0, drawn_high - 1)
        found = field[y[:, None], np.clip(x, 0, width_px - 1)[None, :]]
        return np.where(inside, found, 0).astype(np.int64)

    kinds = np.array([0] + [1 + SHAPES.index(each.shape) for each in scene.shapes])
    tints = np.array([0] + [1 + COLOURS.index(each.colour) for each in scene.shapes])
    covering = at(maps.shapes, 0, 0)
    halves = [
        np.maximum.reduce([at(field, across, down) for down in (-6, 0, 6)])
        for field in (maps.letters, maps.orders)
        for across in (-4, 4)
    ]
    kind = np.where((halves[0] > 0) | (halves[1] > 0), SHAPE_WORD, kinds[covering])
    fields = [kind, tints[covering], *halves]
    grid = np.stack(fields, -1)
    blocks = grid.reshape(frame.rows, 2, frame.columns, 2, -1).transpose(0, 2, 1, 3, 4)
    tokens = np.zeros((frame.rows, frame.columns, len(TOKEN_CLASSES)), np.int64)
    things = [(each.x, each.y, 1 + SHAPES.index(each.shape), 1 + COLOURS.index(each.colour),
               1 + each.cell) for each in scene.shapes]  # fmt: skip
    things += [(word.x, word.y, SHAPE_WORD, 0, 1 + word.cell) for word in scene.words]
    centres = []
    for x, y, *codes_of_thing in things:
        column = int((x / scene.width * width_px + left) // TOKEN_PX)
        row = int((y / scene.height * height_px + top) // TOKEN_PX)
        row, column = min(row, frame.rows - 1), min(column, frame.columns - 1)
        tokens[row, column] = codes_of_thing
        centres.append(row * frame.columns + column)
    return (
        blocks.reshape(-1, len(PATCH_CLASSES)),
        tokens.reshape(-1, len(TOKEN_CLASSES)),
        tuple(centres),
    )


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


SEEN_BY_ALL, PADDING = 0, -1
BLIND = 1000
"""The branch that sees what stands before the picture, but not the picture."""


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


class Batches:
    """The batch of each step, from the seed and the number of the step alone."""

    def __init__(self, packer: Packer, *, size: int, questions: int, seed: int) -> None:
        self._packer, self._size, self._questions, self._seed = packer, size, questions, seed

    def to_look_at(self, step: int) -> Batch:
        """Pictures without questions: quick small ones and pages of words among them."""
        frame = random_frame(random.Random(f"{self._seed} frame {step}"), smaller_share=0.8)
        pictures = self._pictures(step, frame, page_share=PAGE_SHARE)
        rows = [self._packer.row(*_grid(each), []) for each in pictures]
        return self._packer.pack(rows, pictures)

    def pictures(self, step: int) -> list[Picture]:
        return self._pictures(step, random_frame(random.Random(f"{self._seed} frame {step}")))

    def _pictures(self, step: int, frame: Frame, *, page_share: float = 0.0) -> list[Picture]:
        first = FIRST_TRAINING_SEED + (self._seed * 20_000_000 + step) * self._size
        seeds = range(first, first + self._size)
        return [make_picture(seed, frame, page_share=page_share) for seed in seeds]

    def at(self, step: int) -> Batch:
        pictures = self.pictures(step)
        rng = random.Random(f"{self._seed} questions {step}")
        return self._packer.pack([self._row(each, rng) for each in pictures], pictures)

    def _row(self, picture: Picture, rng: random.Random) -> Row:
        rows, columns = _grid(picture)
        history = _history(rng) if rng.random() < 0.12 else ()
        if rng.random() < 0.08:
            only = self._asked(picture, 1, rng)
            return self._packer.row(
                rows, columns, [only], history=history, question_first=only[0].question
            )
        count = self._questions if picture.scene is not None else 2
        conversations: list[list[Asked]] = []
        asked = self._asked(picture, count, rng)
        while asked:
            length = 2 if rng.random() < 0.15 and len(asked) > 1 else 1
            conversations.append([asked.pop() for _ in range(length)])
        blind = _blind(rng) if rng.random() < BLIND_SHARE else None
        return self._packer.row(rows, columns, conversations, blind=blind, history=history)

    def _asked(self, picture: Picture, count: int, rng: random.Random) -> list[Asked]:
        if picture.scene is not None:
            return sample_questions(picture.scene, count, rng)
        kinds = [rng.choice(KINDS) for _ in range(count)]
        return [about_photograph(kind, rng.choice(("en", "es")), rng) for kind in kinds]


def _grid(picture: Picture) -> tuple[int, int]:
    rows, columns = (side // TOKEN_PX for side in picture.pixels.shape[:2])
    return rows, columns


def _blind(rng: random.Random) -> tuple[str, str]:
    """Something asked without a picture."""
    language = rng.choice(("en", "es"))
    if rng.random() < 0.15:
        return rng.choice(GREETINGS[language])
    return any_question(rng.choice(KINDS), language, rng), NO_PICTURE[language]


def _history(rng: random.Random) -> tuple[tuple[str, str], ...]:
    question, answer = _blind(rng)
    return ("user", question), ("assistant", answer)
