"""Writes the shipped file: `python -m models.nano.text.export --run RUN`.

Besides text.gguf, what torch finds likely after fixed conversations, against which a test
holds llama.cpp's answers.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import gguf
import torch
from tokenizers import Tokenizer

from models.nano.network.export_language import Precision, export_language
from models.nano.network.language import LanguageTower
from models.nano.network.tokenizer import ChatTokens
from models.nano.network.training import load_weights
from models.nano.text.aids import Aided
from models.nano.text.passages import Passage, Turn
from models.nano.text.prompt import CHAT_TEMPLATE, sources_text, spelled_turns
from models.nano.text.train import TOKENIZER, new_tower

WEIGHTS_FOLDER = Path(__file__).parents[1] / "weights"
REFERENCE = Path(__file__).parents[3] / "tests" / "models_nano" / "text_reference.json"
NAME = "SARAi nano text"
CONTEXT_TOKENS = 2048
LONGEST_ANSWER_TOKENS = 64
TOP = 5

SHARPENED = 4.0
"""The logits are multiplied by this in the file: answers are facts, and the assistant's usual
temperature of 0.7 is meant for models that have a choice of words."""

REFERENCE_PASSAGES = (
    Passage("The wifi password is tulip-42. The rubbish is collected on Friday.", "House"),
    Passage("La reunión la dirige Clara Vidal. Empieza a las 9:30.", ""),
)
REFERENCE_TALKS: tuple[tuple[tuple[Passage, ...], tuple[str, ...]], ...] = (
    ((), ("Hello!",)),
    ((), ("¿Cuánto es 12 + 7?",)),
    ((), ("Hola", "Estoy triste")),
    ((), ("What is the capital of France?",)),
    (REFERENCE_PASSAGES, ("What is the wifi password?",)),
    (REFERENCE_PASSAGES, ("¿Quién dirige la reunión?",)),
)
"""Passages and the questions on them; all but the last of a talk get a fixed answer."""

REFERENCE_REPLY = "¡Hola!"


def export(run: Path, folder: Path, precision: Precision) -> LanguageTower:
    """Write text.gguf into `folder`; returns the tower as it is in the file."""
    tokenizer = Tokenizer.from_file(str(run / TOKENIZER))
    tower = new_tower(tokenizer)
    load_weights(Aided(tower), run)
    tower.norm.weight.data *= SHARPENED
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "text.gguf"
    export_language(
        tower,
        tokenizer,
        path,
        architecture="qwen3",
        precision=precision,
        name=NAME,
        context_tokens=CONTEXT_TOKENS,
        template=CHAT_TEMPLATE,
    )
    print(f"{path.name}: {path.stat().st_size / 2**20:.2f} MiB")
    return rounded(tower) if precision == "q8_0" else tower


@torch.no_grad()
def rounded(tower: LanguageTower) -> LanguageTower:
    """The weights as Q8_0 keeps them."""
    kind = gguf.GGMLQuantizationType.Q8_0
    for parameter in tower.parameters():
        if parameter.ndim == 2:
            blocks = gguf.quants.quantize(parameter.numpy(), kind)
            parameter.copy_(torch.from_numpy(gguf.quants.dequantize(blocks, kind)))
    return tower


def write_reference(run: Path, tower: LanguageTower, path: Path) -> None:
    """Greedy answers by torch, from rounded weights, with the likeliest tokens of each place."""
    tokenizer = Tokenizer.from_file(str(run / TOKENIZER))
    talks = [_answered(tokenizer, tower, *talk) for talk in REFERENCE_TALKS]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(talks, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@torch.no_grad()
def _answered(
    tokenizer: Tokenizer,
    tower: LanguageTower,
    passages: tuple[Passage, ...],
    asked: tuple[str, ...],
) -> dict[str, Any]:
    chat = ChatTokens(tokenizer)
    turns = [Turn(question, REFERENCE_REPLY) for question in asked]
    tokens, produced = spelled_turns(chat, sources_text(passages, numbered=True), turns)
    while produced[-1]:
        tokens.pop()
        produced.pop()
    answer: list[list[tuple[str, float]]] = []
    while len(answer) < LONGEST_ANSWER_TOKENS:
        hidden = tower(tower.embedding(torch.tensor([tokens])))[0, -1]
        logprobs, places = torch.log_softmax(tower.logits(hidden), -1).topk(TOP)
        likeliest: list[int] = places.tolist()
        best = likeliest[0]
        if best == chat.turn_end:
            break
        tokens.append(best)
        spelled = [tokenizer.decode([token], skip_special_tokens=False) for token in likeliest]
        answer.append(list(zip(spelled, logprobs.tolist(), strict=True)))
    return {
        "passages": [{"text": p.text, "heading": p.heading} for p in passages],
        "asked": list(asked),
        "reply": REFERENCE_REPLY,
        "answer": answer,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.nano.text.export")
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    parser.add_argument("--folder", type=Path, default=WEIGHTS_FOLDER)
    parser.add_argument("--precision", choices=("f32", "f16", "q8_0"), default="q8_0")
    parser.add_argument("--reference", type=Path, default=REFERENCE)
    options = parser.parse_args()
    torch.set_num_threads(1)
    tower = export(options.run, options.folder, options.precision)
    write_reference(options.run, tower, options.reference)


if __name__ == "__main__":
    main()
