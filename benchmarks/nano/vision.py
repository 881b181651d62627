"""What the embedded vision model sees, through llama.cpp's worker on the shipped files.

Questions of every kind, as many in English as in Spanish, on drawn scenes of held-out seeds,
held-out words and the sizes that people send; pictures that are no drawings; and, where
scikit-image and scikit-learn are installed, the real photographs that they carry.
"""

from __future__ import annotations

import importlib.util
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from agents.qwen3_vl import VISION
from benchmarks.report import ROOT, Figure, not_measured, run
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import GenerationRequest, Message, TextDelta
from core.engines.spec import EngineSpec
from core.media.image import load_image
from core.settings import load_settings
from models.nano.vision.drawing import MOST_TOKENS, Pixels
from models.nano.vision.evaluate import Case, Miss, cases, marked, photograph_cases, same
from models.nano.vision.names import LANGUAGES
from models.nano.vision.questions import KINDS, NO_PICTURE, about_photograph, any_question

WEIGHTS = ROOT / "models" / "nano" / "weights"
PER_KIND = 60
"""Questions of each kind in each language."""

SCENES_GOAL = 0.95
GENERATED_PHOTOGRAPHS = 150
LONGEST_ANSWER_TOKENS = 96
PHOTOGRAPHS = {
    "sklearn": ("datasets/images", ("china.jpg", "flower.jpg")),
    "skimage": (
        "data",
        (
            *("astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png"),
            *("clock_motion.png", "coffee.png", "coins.png", "grass.png", "gravel.png"),
            *("hubble_deep_field.jpg", "ihc.png", "immunohistochemistry.png", "moon.png"),
            *("motorcycle_left.png", "page.png", "retina.jpg", "rocket.jpg", "text.png"),
        ),
    ),
}
"""Where packages keep pictures; those that a package leaves out of its wheel are skipped."""


class Looker:
    """The shipped model in its worker."""

    def __init__(self, engine: LlamaEngine) -> None:
        self._engine = engine
        self._media = load_settings().media
        self.seconds: list[float] = []

    def answer(self, case: Case) -> str:
        """As the vision agent asks, without chance."""
        return self.ask(case.asked.question, case.picture)

    def ask(self, question: str, picture: Pixels | None) -> str:
        parts = () if picture is None else (load_image(picture, self._media),)
        system = Message.text("system", VISION.system_prompt["en"])
        messages = (system, Message("user", (*parts, question)))
        started_s = time.perf_counter()
        request = GenerationRequest(messages, LONGEST_ANSWER_TOKENS, temperature=0)
        items = list(self._engine.generate(request))
        self.seconds.append(time.perf_counter() - started_s)
        return "".join(item.text for item in items if isinstance(item, TextDelta))


@contextmanager
def looker(weights: Path = WEIGHTS, *, threads: int = 2) -> Iterator[Looker]:
    spec = EngineSpec(
        model="nano_vision",
        engine="llama",
        context_tokens=4096,
        threads=threads,
        gguf_path=weights / "vision.gguf",
        mmproj_path=weights / "vision-mmproj.gguf",
        image_max_tokens=MOST_TOKENS,
    )
    engine = LlamaEngine.open(spec)
    try:
        yield Looker(engine)
    finally:
        engine.close()


def measure() -> list[Figure]:
    """All figures of this benchmark."""
    with looker() as model:
        return [
            *scenes(model, PER_KIND),
            unseen_words(model, PER_KIND),
            generated_photographs(model),
            real_photographs(model),
            without_picture(model),
            Figure("picture to answer, median", statistics.median(model.seconds), "s"),
        ]


def scenes(
    model: Looker, per_kind: int, *, first_seed: int = 0, misses: list[Miss] | None = None
) -> list[Figure]:
    """The share of right answers on held-out scenes, in all and by kind of question."""
    marks = marked(cases(per_kind, first_seed=first_seed), model.answer)
    if misses is not None:
        misses += marks.misses
    by_kind = {kind: round(share, 3) for kind, share in marks.by_kind.items()}
    name = "questions on held-out scenes answered rightly (by kind: peers)"
    goal, met = f">= {SCENES_GOAL:g}", marks.total >= SCENES_GOAL
    return [Figure(name, marks.total, "ratio", goal, met, peers=by_kind)]


def unseen_words(model: Looker, per_kind: int) -> Figure:
    """Words that no training picture showed."""
    asked = cases(per_kind, first_seed=1, kinds=("word",), words="held out")
    marks = marked((case for case in asked if "“" in case.asked.answer), model.answer)
    return Figure("printed words that training never showed, read", marks.total, "ratio")


def generated_photographs(model: Looker) -> Figure:
    marks = marked(photograph_cases(GENERATED_PHOTOGRAPHS), model.answer)
    return Figure("generated pictures that are no drawings, declined", marks.total, "ratio")


def real_photographs(model: Looker) -> Figure:
    """No photograph is in training."""
    name = "real photographs declined"
    pictures = list(_photographs())
    if not pictures:
        return not_measured(name, "ratio", "needs scikit-image or scikit-learn for their pictures")
    rng = random.Random(1)
    declined = []
    for picture in pictures:
        for language in LANGUAGES:
            asked = about_photograph(rng.choice(KINDS), language, rng)
            declined.append(same(model.ask(asked.question, picture), asked.answer))
    name = f"{name} ({len(pictures)} of them, in both languages)"
    return Figure(name, sum(declined) / len(declined), "ratio")


def _photographs() -> Iterator[Pixels]:
    for package, (folder, names) in PHOTOGRAPHS.items():
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            continue
        for name in names:
            path = Path(found.origin).parent / folder / name
            if path.is_file():
                with Image.open(path) as picture:
                    yield np.asarray(picture.convert("RGB"))


def without_picture(model: Looker) -> Figure:
    """Questions without a picture, to which the answer is that there is none."""
    rng = random.Random(2)
    right = []
    for _ in range(40):
        for language in LANGUAGES:
            question = any_question(rng.choice(KINDS), language, rng)
            right.append(same(model.ask(question, None), NO_PICTURE[language]))
    return Figure("questions without a picture, told so", sum(right) / len(right), "ratio")


if __name__ == "__main__":
    run("nano.vision", measure)
