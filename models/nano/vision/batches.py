"""Batches for training: which pictures, and what is asked about them.

A batch follows from the seed and the number of its step alone. Owns the shares of pictures
and questions; knows nothing of how they become tokens.
"""

from __future__ import annotations

import random

from models.nano.vision.answers import NO_PICTURE
from models.nano.vision.asked import Asked
from models.nano.vision.drawing import TOKEN_PX
from models.nano.vision.packing import Batch, Packer, Row
from models.nano.vision.pictures import Frame, Picture, make_picture, random_frame
from models.nano.vision.questions import KINDS, about_photograph
from models.nano.vision.questions import sample as sample_questions
from models.nano.vision.scenes import FIRST_TRAINING_SEED
from models.nano.vision.slots import any_question

PAGE_SHARE = 0.25
BLIND_SHARE = 0.3

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
