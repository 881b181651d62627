"""From a training run to the files that are shipped, and what the parity test compares.

    python -m models.nano.audio.export --run RUN --out models/nano/weights

Writes audio.gguf, audio-mmproj.gguf and, with --reference FILE, the logits that torch gives
on fixed inputs.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from core.media.audio import load_audio
from core.settings import load_settings
from models.nano.audio.batches import Dialogue
from models.nano.audio.model import AudioModel
from models.nano.audio.phrases import TRANSCRIBE
from models.nano.audio.train import TOKENIZER
from models.nano.network.audio import log_mel, mel_filters
from models.nano.network.export_audio import export_audio
from models.nano.network.export_language import export_language
from models.nano.network.gguf_files import Precision
from models.nano.network.tokenizer import vocabulary_rows
from models.nano.network.training import CHECKPOINT

CONTEXT_TOKENS = 256
"""Recordings of 18 s: it learnt from 12 s at most, and longer ones turn into nonsense. More
than that is refused by the engine, which says that the context is too small."""
LICENCE = "cc-by-sa-4.0"
TEMPLATE = (
    "{%- set message = messages[-1] -%}"
    "{{- '<|im_start|>user\\n' -}}"
    "{%- if message['content'] is string -%}{{- message['content'] -}}"
    "{%- else -%}{%- for part in message['content'] -%}"
    "{%- if part['type'] == 'text' -%}{{- part['text'] -}}{%- endif -%}"
    "{%- endfor -%}{%- endif -%}"
    "{{- '<|im_end|>\\n' -}}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
)
"""The last message alone: the model knows neither instructions nor earlier turns."""


def load_run(folder: Path) -> tuple[AudioModel, Tokenizer]:
    """The model of the last checkpoint, and its tokenizer."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    stored = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=False)["network"]
    phonemes = len(stored["phoneme_head.bias"])
    model = AudioModel(vocabulary_rows(tokenizer), phonemes, Dialogue(tokenizer).audio)
    model.load_state_dict(stored)
    return model.eval(), tokenizer


def export(model: AudioModel, tokenizer: Tokenizer, folder: Path, precision: Precision) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    export_language(
        model.language,
        tokenizer,
        folder / "audio.gguf",
        architecture="qwen3",
        precision=precision,
        name="SARAi nano audio",
        context_tokens=CONTEXT_TOKENS,
        template=TEMPLATE,
        licence=LICENCE,
    )
    export_audio(
        model.tower,
        folder / "audio-mmproj.gguf",
        precision=precision,
        name="SARAi nano audio",
        licence=LICENCE,
    )


@torch.no_grad()
def first_logits(
    model: AudioModel, tokenizer: Tokenizer, samples: NDArray[np.float32] | None, question: str
) -> NDArray[np.float32]:
    """What the model makes of a recording and a question before it writes anything."""
    encoded = None
    if samples is not None:
        filters = mel_filters(model.tower.config.mels)
        encoded = model.tower.encode(log_mel(torch.from_numpy(samples)[None], filters))
    entries = 0 if encoded is None else encoded.shape[1]
    tokens = Dialogue(tokenizer).prompt(question, entries)
    logits: NDArray[np.float32] = model.logits(torch.tensor([tokens]), encoded)[0, -1].numpy()
    return logits


def write_reference(
    model: AudioModel, tokenizer: Tokenizer, recordings: list[Path], path: Path
) -> None:
    """Log-probabilities of every token after each recording and after a text."""
    media = load_settings().media
    asked = {
        recording.name: first_logits(
            model, tokenizer, load_audio(recording, media).samples, TRANSCRIBE
        )
        for recording in recordings
    }
    asked["text"] = first_logits(model, tokenizer, None, "Seven.")
    np.savez_compressed(path, **{name: logits.astype(np.float32) for name, logits in asked.items()})


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(prog="python -m models.nano.audio.export")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--precision", choices=("f32", "f16", "q8_0"), default="q8_0")
    parser.add_argument("--reference", type=Path, help="where to write torch's logits (.npz)")
    parser.add_argument("--recordings", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    model, tokenizer = load_run(options.run)
    export(model, tokenizer, options.out, options.precision)
    if options.reference is not None:
        write_reference(model, tokenizer, options.recordings, options.reference)
    sizes = {path.name: path.stat().st_size for path in sorted(options.out.glob("audio*.gguf"))}
    print(json.dumps(sizes))


if __name__ == "__main__":
    main()
