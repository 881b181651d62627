"""Trains the audio model. Resumable: the same command goes on where it was stopped.

python -m models.nano.audio.corpus --out CORPUS --fsdd FSDD
python -m models.nano.audio.train --corpus CORPUS --out RUN
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from models.nano.audio.batches import Batches, Dialogue
from models.nano.audio.clips import load
from models.nano.audio.dialogues import all_texts
from models.nano.audio.evaluate import HeldOut
from models.nano.audio.model import AudioModel
from models.nano.network.tokenizer import train_tokenizer, vocabulary_rows
from models.nano.network.training import TrainingOptions, train

MOST_TOKENS = 640
TOKENIZER = "tokenizer.json"
TEXT_ROWS, TEXT_EVERY = 24, 6
EVALUATE_EVERY = 1_000


def main() -> None:
    """Train."""
    options = _options()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer = the_tokenizer(options.out)
    recorded = load(options.corpus / "train")
    if (options.corpus / "other").is_dir():
        recorded += load(options.corpus / "other")
    batches = Batches(recorded, tokenizer, mels=64, seed=options.seed)
    model = AudioModel(vocabulary_rows(tokenizer), len(batches.phonemes), Dialogue(tokenizer).audio)
    held_out = HeldOut(load(options.corpus / "held_out"), tokenizer)

    def step_loss(step: int) -> tuple[Tensor, Mapping[str, float]]:
        batch = batches.sound(step, options.seconds)
        assert batch.frames is not None  # noqa: S101  a batch of sound has them
        encoded = model.tower.encode(batch.frames)
        phonemes = model.phoneme_loss(batch, encoded)
        if step < options.pretrain_steps:
            return phonemes, {"phonemes": phonemes.item()}
        answers = model.answer_loss(batch, encoded)
        loss, figures = answers + 0.3 * phonemes, {"answers": answers.item()}
        if step % TEXT_EVERY == 0:
            texts = model.answer_loss(batches.text(step, TEXT_ROWS), None)
            loss, figures = loss + 0.3 * texts, figures | {"texts": texts.item()}
        return loss, figures | {"phonemes": phonemes.item()}

    def at_checkpoint(step: int) -> None:
        if step > options.pretrain_steps and step % EVALUATE_EVERY == 0:
            line = f"step {step}: {held_out.summary(model)}"
            print(line, flush=True)
            with (options.out / "held_out.txt").open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    schedule = TrainingOptions(
        out=options.out,
        steps=options.steps,
        learning_rate=options.rate,
        muon_rate=options.muon,
        seed=options.seed,
        decay_share=options.decay,
        checkpoint_every=options.checkpoint_every,
    )
    with sdpa_kernel(SDPBackend.MATH):  # on a CPU a fifth quicker than the fused kernel
        train(model, step_loss, schedule, at_checkpoint)


def the_tokenizer(folder: Path) -> Tokenizer:
    """The one that was trained for a run, trained now where there is none."""
    path = folder / TOKENIZER
    if path.is_file():
        return Tokenizer.from_file(str(path))
    return train_tokenizer(all_texts(), most_tokens=MOST_TOKENS, path=path)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.nano.audio.train")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--pretrain-steps", type=int, default=1_200)
    parser.add_argument("--seconds", type=int, default=48, help="of sound in a batch")
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--muon", type=float, default=None)
    parser.add_argument("--decay", type=float, default=1.0)
    parser.add_argument("--checkpoint-every", type=int, default=500)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
