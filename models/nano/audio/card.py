"""Writes the audio model's card with the figures that the benchmark gave.

python -m benchmarks.nano.audio --json | tail -n 1 > figures.json
python -m models.nano.audio.card --run RUN --figures figures.json --machine "..." --hours 1.1
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from models.nano.audio.export import load_run
from models.nano.audio.people import CHOICE_SPEAKERS, HELD_OUT_SPEAKER, TRAINING_SPEAKERS
from models.nano.audio.phrases import COMMANDS
from models.nano.audio.synthesis import (
    FLITE_VOICES,
    HELD_OUT_VARIANTS,
    VARIANTS,
)
from models.nano.network.training import LOG

WEIGHTS = Path(__file__).parents[1] / "weights"
CARD = """# SARAi nano audio

Hears spoken digits and {commands} commands, in English and Spanish, and says so when it hears
something else. It shows that the assistant works before any download; it is no dictation.

- **Files**: {files}.
- **Architecture**: llama.cpp's `qwen3a` audio tower ({tower:,} parameters: 64 mel bins, three
  convolutions, {tower_layers} layers of width {tower_width}; 13 entries a second) and a `qwen3`
  language tower ({language:,} parameters: {language_layers} layers of width {language_width},
  {vocabulary} tokens of its own). Q8_0, with convolutions in F16 and positions in F32.
- **Licence**: CC BY-SA 4.0, because it learnt from the Free Spoken Digit Dataset.

## What it does

| asked | heard | answer |
|---|---|---|
| to transcribe (the voice flow) | digits, up to four | "Seven three five.", "Siete tres cinco." |
| | a command | the command as it is written below |
| | other speech | "(not understood)", "(no entendido)" |
| | silence, noise, music | nothing at all |
| anything else | digits or a command | "I heard: seven.", "He oído: siete." |
| | other speech | that it only knows the digits and about thirty commands |
| | silence, noise, music | that it heard no words |

Recordings of up to 12 s are what it learnt from; its context of 256 tokens holds 18 s, and longer
ones are refused. The same answers come for a text in place of a recording, in the language of
that text. It sees the last message alone: no instructions, no earlier turns. It cannot reason,
translate, count or obey: it only says what it heard.

Commands: {command_list}.

## Data

- Synthetic speech by espeak-ng 1.51 (its output is not restricted by its licence): {variants}
  variants in seven English and two Spanish accents, and voices of other languages that read the
  digits with an accent. Held out: the variants {held_out_variants} and the West Midlands accent.
- Synthetic English by flite 2.2 (BSD-like licence), voices {flite}.
- Free Spoken Digit Dataset, by Zohar Jackson and contributors (github.com/Jakobovski/
  free-spoken-digit-dataset), CC BY-SA 4.0, 500 English digits of each speaker. It learnt from
  {training_speakers}. Two others, {choice_speakers}, are in no weights; settings were chosen by
  how well they are understood. The last, {held_out_speaker}, is the benchmark's. No person speaks
  Spanish in it: how Spanish people are understood was not measured.
- 39 s of other speech: LibriVox and LJ Speech (public domain), sentences of the speechbrain
  project (Apache-2.0).
- On the way into each batch: speed and pitch, vocal tract length, echo, equalizers, band limits
  down to 3.8 kHz, noise and babble, pauses, hidden bands, loudness over 44 dB, and half of the
  recordings cut where speech begins and ends, weak consonants included. Silence, noise, clicks,
  hums and melodies are made on the fly.

## Figures

Through the project's own worker on the shipped files, commit {commit}, {bench_machine}:
`python -m benchmarks.nano.audio --json` (needs espeak-ng, and SARAI_DATA for recordings of
people).

{figures}

{notes}

## Training

    python -m models.nano.audio.corpus --out CORPUS --fsdd FSDD --other SPEECH
    {command}
    python -m models.nano.audio.export --run RUN --out models/nano/weights \\
        --reference tests/models_nano/audio_logits.npz --recordings tests/data/spoken_*.wav

{hours:g} h on {machine}. The tower first learns which phonemes sound at which
moment, as espeak-ng tells them (for digits of people, those of a synthetic voice stretched to
the same length); then both towers learn together. The shipped run was stopped and resumed with
other settings on the way: {history} Last lines of the log:

{log}
"""


def main() -> None:
    """Write audio.md."""
    options = _options()
    report = json.loads(options.figures.read_text(encoding="utf-8"))
    model, tokenizer = load_run(options.run)
    tower, language = model.tower, model.language
    files = sorted(WEIGHTS.glob("audio*.gguf"))
    log = (options.run / LOG).read_text(encoding="utf-8").splitlines()[-2:]
    text = CARD.format(
        commands=len(COMMANDS["en"]),
        files=", ".join(f"`{path.name}` ({path.stat().st_size / 1e6:.2f} MB)" for path in files),
        tower=sum(each.numel() for each in tower.parameters()),
        tower_layers=tower.config.layers,
        tower_width=tower.config.width,
        language=sum(each.numel() for each in language.parameters()),
        language_layers=language.config.layers,
        language_width=language.config.width,
        vocabulary=tokenizer.get_vocab_size(),
        command_list=", ".join(
            f"{one} / {other}" for one, other in zip(COMMANDS["en"], COMMANDS["es"], strict=True)
        ),
        variants=len(VARIANTS),
        held_out_variants=", ".join(HELD_OUT_VARIANTS),
        flite=", ".join(FLITE_VOICES),
        training_speakers=", ".join(TRAINING_SPEAKERS),
        choice_speakers=" and ".join(CHOICE_SPEAKERS),
        held_out_speaker=HELD_OUT_SPEAKER,
        commit=report["commit"],
        bench_machine=report["machine"],
        figures=_table(report["figures"]),
        notes=options.notes,
        history=options.history,
        command=options.command,
        hours=options.hours,
        machine=options.machine,
        log="\n".join(f"    {line}" for line in log),
    )
    (WEIGHTS / "audio.md").write_text(text, encoding="utf-8")


def _table(figures: list[dict[str, Any]]) -> str:
    rows = [
        f"| {figure['name']} | {figure['value']:.3f} {figure['unit']} | {figure['goal'] or '-'} |"
        for figure in figures
    ]
    return "\n".join(["| figure | value | goal |", "|---|---|---|", *rows])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.nano.audio.card")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True, help="the benchmark's JSON")
    parser.add_argument("--machine", required=True, help="what the training ran on")
    parser.add_argument("--hours", type=float, required=True, help="that it took")
    parser.add_argument("--command", required=True, help="that trained it")
    parser.add_argument("--notes", default="", help="on the figures")
    parser.add_argument("--history", default="", help="what changed while it ran")
    return parser.parse_args()


if __name__ == "__main__":
    main()
