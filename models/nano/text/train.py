"""Trains the nano text model: `python -m models.nano.text.train --out RUN`.

Goes on where a killed run stopped. `python -m models.nano.text.export --run RUN` writes the
GGUF afterwards.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F  # noqa: N812  as everybody writes it
from tokenizers import Tokenizer
from torch import Tensor

from models.nano.network.language import LanguageConfig, LanguageTower
from models.nano.network.tokenizer import ChatTokens, train_tokenizer, vocabulary_rows
from models.nano.network.training import TrainingOptions, device, train
from models.nano.text.aids import Aided
from models.nano.text.batches import Batches
from models.nano.text.copying import seed_copying
from models.nano.text.heldout import accuracy
from models.nano.text.mixture import Mixture
from models.nano.text.words import all_words

TOKENIZER = "tokenizer.json"
TOKENIZER_TALKS = 8000
WORD_REPEATS = 8
LONGEST_ROW = 800
DEPTH = 5
AID_WEIGHT = 0.5


def main() -> None:
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    mixture = Mixture(arguments.routing_data)
    tokenizer = _tokenizer(arguments.out / TOKENIZER, mixture, arguments.tokens)
    chat = ChatTokens(tokenizer)
    tower = new_tower(tokenizer, layers=arguments.layers)
    seed_copying(tower)
    if arguments.weights is not None:
        tower.load_state_dict(torch.load(arguments.weights, weights_only=True))
    aided = Aided(tower).to(device())
    print(f"{sum(p.numel() for p in tower.parameters()) / 1e6:.2f} M parameters", flush=True)
    batches = Batches(
        chat,
        mixture.draw,
        steps=arguments.steps,
        batch_tokens=arguments.batch_tokens,
        longest=LONGEST_ROW,
        seed=arguments.seed,
    )
    options = TrainingOptions(
        out=arguments.out,
        steps=arguments.steps,
        learning_rate=arguments.learning_rate,
        muon_rate=arguments.muon_rate,
        decay_share=arguments.decay_share,
        warmup_steps=50,
        seed=arguments.seed,
        checkpoint_every=arguments.checkpoint_every,
    )

    def step_loss(step: int) -> tuple[Tensor, Mapping[str, float]]:
        return answer_loss(aided, batches, step)

    train(aided, step_loss, options, lambda step: _held_out(tower, chat, options, step))


def new_tower(tokenizer: Tokenizer, *, layers: int = DEPTH) -> LanguageTower:
    """The untrained network. A slow rotary base lets words match across long passages."""
    return LanguageTower(
        LanguageConfig(
            vocabulary=vocabulary_rows(tokenizer),
            width=256,
            layers=layers,
            heads=4,
            kv_heads=2,
            head_width=64,
            feed_forward=640,
            rope_base=1e6,
            rope_sections=(12, 10, 10, 0),
        )
    )


def answer_loss(aided: Aided, batches: Batches, step: int) -> tuple[Tensor, Mapping[str, float]]:
    """Cross entropy of what is to be produced, with that of the aids, and figures."""
    batch = batches.batch(step).to(device())
    tower = aided.tower
    wanted = batch.loss[:, 1:] > 0
    passing: list[Tensor] = []
    hidden = tower(tower.embedding(batch.tokens[:, :-1]), passing=passing)[wanted]
    logits = tower.logits(hidden).float()
    targets = batch.tokens[:, 1:][wanted]
    loss = F.cross_entropy(logits, targets)
    aids = aided.losses(batch, passing)
    figures = {name: value.item() for name, value in aids.items()}
    right = (logits.argmax(-1) == targets).float().mean().item()
    total = loss + AID_WEIGHT * sum(aids.values(), loss.new_zeros(()))
    return total, {"answer": loss.item(), "right": right, **figures}


def _tokenizer(path: Path, mixture: Mixture, tokens: int) -> Tokenizer:
    """The run's tokenizer, trained on its own kind of talk where there is none yet."""
    if path.is_file():
        return Tokenizer.from_file(str(path))
    random = Random(5)
    texts: list[str] = []
    for _ in range(TOKENIZER_TALKS):
        talk = mixture.draw(random, 1.0)
        if talk is not None:
            texts += [talk.sources]
            texts += [text for turn in talk.turns for text in (turn.question, turn.answer)]
    for language in ("en", "es"):
        texts += [f" {word}" for word in all_words(language)] * WORD_REPEATS
    return train_tokenizer(texts, most_tokens=tokens, path=path)


def _held_out(tower: LanguageTower, chat: ChatTokens, options: TrainingOptions, step: int) -> None:
    figures = accuracy(tower, chat)
    line = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
    print(f"held out at step {step}: {line}", flush=True)
    with (options.out / "heldout.txt").open("a", encoding="utf-8") as file:
        file.write(f"{step}  {line}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--tokens", type=int, default=2048, help="size of the vocabulary")
    parser.add_argument("--layers", type=int, default=DEPTH)
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--learning-rate", type=float, default=1.5e-3)
    parser.add_argument("--muon-rate", type=float, default=4e-3)
    parser.add_argument("--decay-share", type=float, default=0.4)
    parser.add_argument("--checkpoint-every", type=int, default=250)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=Path, help="a tower's, to begin with")
    parser.add_argument("--routing-data", type=Path, help="questions to refuse: see Mixture")
    return parser.parse_args()


if __name__ == "__main__":
    main()
