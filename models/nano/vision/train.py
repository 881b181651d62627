"""Trains the vision model: `python -m models.nano.vision.train --out RUN`.

First the vision tower alone learns to say what covers each patch; then both towers learn to
answer. Each part is resumed from its checkpoint in RUN after a kill.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  as everybody writes it
from tokenizers import Tokenizer
from torch import Tensor

from models.nano.network.tokenizer import ChatTokens, train_tokenizer
from models.nano.network.training import TrainingOptions, seed_everything, train
from models.nano.vision.by_torch import answerer
from models.nano.vision.dataset import (
    GREETINGS,
    IGNORED,
    PATCH_CLASSES,
    TOKEN_CLASSES,
    Batch,
    Batches,
    Packer,
)
from models.nano.vision.evaluate import cases, marked
from models.nano.vision.network import VisionModel, load_model, new_model, save_model
from models.nano.vision.questions import (
    BEYOND,
    KINDS,
    NO_PICTURE,
    PHOTOGRAPH,
    any_question,
    sample,
)
from models.nano.vision.scenes import FIRST_TRAINING_SEED, make_scene
from models.nano.vision.words import CHARACTERS

TOKENIZER, WEIGHTS, HELD_OUT_LOG = "tokenizer.json", "model.pt", "held_out.txt"
CHECKED_PER_KIND = 2
MOST_TOKENS = 1536
NOTHING_WEIGHT, NO_LETTER_WEIGHT = 0.25, 0.03
"""Of patches and tokens in which nothing lies; they are most of all."""

LETTER_CLASSES = len(CHARACTERS) + 1
HEADS_WEIGHT = 0.25
POINTING_WEIGHT = 0.5


def corpus(scenes: int = 12_000) -> Iterator[str]:
    """Texts to train the tokenizer on. Printed words are left out: they are spelled."""
    rng = random.Random(0)
    for number in range(scenes):
        scene = make_scene(FIRST_TRAINING_SEED + number)
        for asked in sample(scene, 2, rng):
            answer, _, rest = asked.answer.partition("“")
            yield asked.question
            yield answer + ("“" + rest.partition("”")[2] if rest else "")
            yield "”."
        language = rng.choice(("en", "es"))
        yield any_question(rng.choice(KINDS), language, rng)
        yield from rng.choice(GREETINGS[language])
        yield rng.choice((PHOTOGRAPH, NO_PICTURE, BEYOND))[language]
    yield from list(CHARACTERS) * 200


def tokenizer_of(out: Path) -> Tokenizer:
    path = out / TOKENIZER
    if path.is_file():
        return Tokenizer.from_file(str(path))
    return train_tokenizer(corpus(), most_tokens=MOST_TOKENS, path=path)


def heads_loss(scores: Tensor, truth: Tensor, classes: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Cross-entropy over all heads, and the share of right answers where something lies."""
    losses, right = [], []
    for number, part in enumerate(scores.float().split(list(classes), -1)):
        weight = torch.ones(part.shape[-1], device=part.device)
        weight[0] = NO_LETTER_WEIGHT if part.shape[-1] == LETTER_CLASSES else NOTHING_WEIGHT
        wanted = truth[..., number]
        losses.append(F.cross_entropy(part.flatten(0, 1), wanted.flatten(), weight))
        there = wanted > 0
        right.append((part.argmax(-1)[there] == wanted[there]).float().mean())
    return torch.stack(losses).sum(), torch.stack(right)


class Steps:
    """The losses of both parts of training."""

    def __init__(self, model: VisionModel, batches: Batches) -> None:
        self._model, self._batches = model, batches

    def looking(self, step: int) -> tuple[Tensor, Mapping[str, float]]:
        batch = self._batches.to_look_at(step)
        patches, tokens = self._model.look(batch)
        return self._heads(batch, patches, tokens)

    def answering(self, step: int) -> tuple[Tensor, Mapping[str, float]]:
        batch = self._batches.at(step)
        passing: list[Tensor] = []
        hidden, patches, tokens = self._model(batch, passing)
        learned = batch.answers != IGNORED
        logits = self._model.language.logits(hidden[learned]).float()
        wanted = batch.answers[learned]
        loss = F.cross_entropy(logits, wanted)
        heads, figures = self._heads(batch, patches, tokens)
        pointing = self._model.pointing(batch, passing)
        right = (logits.argmax(-1) == wanted).float().mean().item()
        told = {"answers": loss.item(), "tokens_right": right, "pointing": pointing.item()}
        return loss + HEADS_WEIGHT * heads + POINTING_WEIGHT * pointing, told | dict(figures)

    @staticmethod
    def _heads(batch: Batch, patches: Tensor, tokens: Tensor) -> tuple[Tensor, Mapping[str, float]]:
        patch_loss, patch_right = heads_loss(patches, batch.patch_labels, PATCH_CLASSES)
        token_loss, token_right = heads_loss(tokens, batch.token_labels, TOKEN_CLASSES)
        names = (
            "kind",
            "tint",
            "letter",
            "letter2",
            "order",
            "order2",
            "thing",
            "its_tint",
            "cell",
        )
        shares = torch.cat((patch_right, token_right)).tolist()
        told = {"heads": (patch_loss + token_loss).item(), **dict(zip(names, shares, strict=True))}
        return patch_loss + token_loss, told


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.nano.vision.train")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--weights", type=Path, help="model.pt of another run to begin with")
    parser.add_argument("--looking-steps", type=int, default=1100)
    parser.add_argument("--steps", type=int, default=2600)
    parser.add_argument("--batch", type=int, default=16, help="pictures per step")
    parser.add_argument("--questions", type=int, default=6, help="per picture")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--muon-rate", type=float, default=1e-2)
    parser.add_argument("--vision-share", type=float, default=0.3, help="of the rates, later")
    parser.add_argument("--decay-share", type=float, default=0.4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    seed_everything(options.seed)
    tokenizer = tokenizer_of(options.out)
    packer = Packer(ChatTokens(tokenizer))
    model = new_model(tokenizer)
    if options.weights is not None:
        model.load_state_dict(load_model(options.weights).state_dict())
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} million parameters")
    rates = {
        "learning_rate": options.rate,
        "muon_rate": options.muon_rate or None,
        "decay_share": options.decay_share,
        "seed": options.seed,
    }
    looking = Batches(packer, size=2 * options.batch, questions=1, seed=2 * options.seed + 1)
    if options.weights is None:
        model.vision.patches.whiten(looking.at(0).pixels)
    train(
        model,
        Steps(model, looking).looking,
        TrainingOptions(
            options.out / "looking", options.looking_steps, checkpoint_every=200, **rates
        ),
    )
    answering = Batches(
        packer, size=options.batch, questions=options.questions, seed=2 * options.seed + 2
    )
    train(
        model,
        Steps(model, answering).answering,
        TrainingOptions(
            options.out / "answering",
            options.steps,
            checkpoint_every=250,
            slowed="vision.",
            slowed_share=options.vision_share,
            **rates,
        ),
        at_checkpoint=lambda step: _checkpoint(model, tokenizer, options.out, step),
    )


def _checkpoint(model: VisionModel, tokenizer: Tokenizer, out: Path, step: int) -> None:
    """Keep the weights, and say how many held-out questions they answer."""
    save_model(model, out / WEIGHTS)
    model.eval()
    marks = marked(cases(CHECKED_PER_KIND, first_seed=step), answerer(model, tokenizer))
    by_kind = "  ".join(f"{kind} {share:.2f}" for kind, share in marks.by_kind.items())
    with (out / HELD_OUT_LOG).open("a", encoding="utf-8") as file:
        file.write(f"step {step}  held-out {marks.total:.3f}  {by_kind}\n")


if __name__ == "__main__":
    main()
