"""Held-out questions with their right answers, and how many a model gets right.

Owns the cases and the comparison of answers; knows nothing of what answers. The benchmark
asks them through the project's own worker, training through torch.
"""

from __future__ import annotations

import random
import string
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from models.nano.vision.asked import Asked
from models.nano.vision.drawing import Pixels, draw, with_grain
from models.nano.vision.names import LANGUAGES
from models.nano.vision.photographs import make_photograph
from models.nano.vision.questions import BENCHMARK_KINDS, KINDS, about_photograph, ask
from models.nano.vision.scenes import make_scene
from models.nano.vision.words import WordChoice

SIZES_PX = (
    *((256, 256), (400, 300), (512, 512), (640, 480), (300, 400), (640, 360)),
    *((800, 600), (320, 240), (1024, 1024), (450, 300)),
)
"""Width and height: as people draw and send them, not as the model was trained."""


@dataclass(frozen=True)
class Case:
    picture: Pixels
    asked: Asked


def cases(
    per_kind: int,
    *,
    first_seed: int = 0,
    kinds: Iterable[str] = BENCHMARK_KINDS,
    words: WordChoice = "known",
) -> Iterator[Case]:
    """`per_kind` questions of each kind in each language, on held-out seeds."""
    for kind in kinds:
        for language in LANGUAGES:
            rng = random.Random(f"{kind} {language} {first_seed}")
            made = 0
            while made < per_kind:
                seed = first_seed + rng.randrange(1_000_000)
                width_px, height_px = rng.choice(SIZES_PX)
                scene = make_scene(seed, width_px / height_px, words=words)
                asked = ask(scene, kind, language, rng)
                wordless = kind == "word" and scene.word is None
                if asked is None or (wordless and rng.random() < 0.8):
                    continue
                made += 1
                yield Case(with_grain(draw(scene, width_px, height_px), seed), asked)


def photograph_cases(count: int) -> Iterator[Case]:
    """Generated pictures that are no drawings, from held-out seeds."""
    rng = random.Random(7)
    for seed in range(count):
        picture = make_photograph(seed, *rng.choice(SIZES_PX))
        yield Case(picture, about_photograph(rng.choice(KINDS), rng.choice(LANGUAGES), rng))


def same(answer: str, expected: str) -> bool:
    """Equal but for case, punctuation and spaces: the case of a printed O cannot be seen."""
    return _content(answer) == _content(expected)


def _content(text: str) -> str:
    kept = str.maketrans("", "", string.punctuation + "“”¿¡")
    return " ".join(text.casefold().translate(kept).split())


@dataclass(frozen=True)
class Miss:
    question: str
    expected: str
    answer: str


@dataclass(frozen=True)
class Marks:
    """Shares of right answers, by kind of question and in all."""

    by_kind: dict[str, float]
    total: float
    misses: tuple[Miss, ...]


def marked(asked_cases: Iterable[Case], answer: Callable[[Case], str]) -> Marks:
    """Ask every case and compare."""
    right: dict[str, list[bool]] = defaultdict(list)
    misses = []
    for case in asked_cases:
        given = answer(case)
        good = same(given, case.asked.answer)
        right[case.asked.kind].append(good)
        if not good:
            misses.append(Miss(case.asked.question, case.asked.answer, given))
    by_kind = {kind: sum(each) / len(each) for kind, each in right.items()}
    every = [good for each in right.values() for good in each]
    return Marks(by_kind, sum(every) / len(every), tuple(misses))
