"""Writes the shipped files: `python -m models.nano.vision.export --run RUN`.

Besides the two GGUF files, the logits that torch computes for fixed inputs, against which a
test holds llama.cpp's.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from models.nano.network.export_language import (
    chat_template,
    export_language,
)
from models.nano.network.export_vision import export_vision
from models.nano.network.gguf_files import Precision
from models.nano.network.tokenizer import ChatTokens
from models.nano.vision.asked import Asked
from models.nano.vision.drawing import TOKEN_PX, Pixels, draw, fitted
from models.nano.vision.network import VisionModel, load_model
from models.nano.vision.packing import Packer
from models.nano.vision.pictures import Picture
from models.nano.vision.questions import sample
from models.nano.vision.scenes import make_scene
from models.nano.vision.train import TOKENIZER, WEIGHTS

WEIGHTS_FOLDER = Path(__file__).parents[1] / "weights"
REFERENCE = Path(__file__).parents[3] / "tests" / "models_nano" / "vision_reference.npz"
NAME = "SARAi nano vision"
CONTEXT_TOKENS = 2048

SHARPENED = 4.0
"""The logits are multiplied by this in the file: answers are facts, and the assistant's usual
temperature of 0.7 is meant for models that have a choice of words."""

REFERENCE_SIZES_PX = ((192, 192), (400, 300), (300, 400), (512, 512), (640, 360), (128, 128))


@dataclass(frozen=True)
class ReferenceInput:
    """A picture and a question of the parity test."""

    pixels: Pixels
    question: str


def reference_inputs() -> list[ReferenceInput]:
    """Pictures of several sizes with a question each; the same wherever they are made."""
    inputs = []
    for seed, (width_px, height_px) in enumerate(REFERENCE_SIZES_PX):
        scene = make_scene(seed, width_px / height_px, words=None)
        pixels = draw(scene, width_px, height_px)
        asked = sample(scene, 1, random.Random(seed))[0]
        inputs.append(ReferenceInput(pixels, asked.question))
    return inputs


@torch.no_grad()
def reference_logits(
    model: VisionModel, packer: Packer, given: ReferenceInput
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """What torch expects the first token of the answer to be, from unrounded weights."""
    pixels = fitted(given.pixels)
    rows, columns = (side // TOKEN_PX for side in pixels.shape[:2])
    nothing = np.zeros((rows * columns, 1), np.int64)
    row = packer.row(rows, columns, [[Asked("", "en", given.question, "")]])
    batch = packer.pack([row], [Picture(pixels, None, nothing, nothing)])
    hidden, _, _ = model(batch)
    # The last token is the end of the empty answer; the one before it predicts the first.
    return model.language.logits(hidden[0, -2]).numpy()


def sharpened(model: VisionModel) -> VisionModel:
    model.language.norm.weight.data *= SHARPENED
    return model


def export(run: Path, folder: Path, precision: Precision) -> None:
    """Write vision.gguf and vision-mmproj.gguf into `folder`."""
    tokenizer = Tokenizer.from_file(str(run / TOKENIZER))
    model = sharpened(load_model(run / WEIGHTS))
    folder.mkdir(parents=True, exist_ok=True)
    export_language(
        model.language,
        tokenizer,
        folder / "vision.gguf",
        architecture="qwen3vl",
        precision=precision,
        name=NAME,
        context_tokens=CONTEXT_TOKENS,
        template=chat_template(system=False),
        deepstack_layers=len(model.vision.config.deepstack),
    )
    export_vision(model.vision, folder / "vision-mmproj.gguf", precision=precision, name=NAME)
    for path in sorted(folder.glob("vision*.gguf")):
        print(f"{path.name}: {path.stat().st_size / 2**20:.2f} MiB")


def write_reference(run: Path, path: Path) -> None:
    packer = Packer(ChatTokens(Tokenizer.from_file(str(run / TOKENIZER))))
    model = sharpened(load_model(run / WEIGHTS))
    inputs = reference_inputs()
    logits = [reference_logits(model, packer, given) for given in inputs]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        logits=np.stack(logits).astype(np.float32),
        questions=np.array([given.question for given in inputs]),
        **{f"pixels_{number}": given.pixels for number, given in enumerate(inputs)},
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.nano.vision.export")
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    parser.add_argument("--folder", type=Path, default=WEIGHTS_FOLDER)
    parser.add_argument("--precision", choices=("f32", "f16", "q8_0"), default="q8_0")
    parser.add_argument("--reference", type=Path, default=REFERENCE)
    options = parser.parse_args()
    export(options.run, options.folder, options.precision)
    write_reference(options.run, options.reference)


if __name__ == "__main__":
    main()
