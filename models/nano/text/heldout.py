"""Held-out figures of a torch network, while it trains: answers right to the last token.

The measured figures of the model card come from benchmarks/nano/text.py, through llama.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import torch

from models.nano.network.language import LanguageTower
from models.nano.network.tokenizer import ChatTokens
from models.nano.text.arithmetic import small_sum
from models.nano.text.chat import beyond, feelings, intents
from models.nano.text.passages import SHAPES, Turn, reading
from models.nano.text.prompt import sources_text, spelled_turns
from models.nano.text.word_lists import Language, Split
from models.nano.text.words import Words

LANGUAGES: tuple[Language, Language] = ("en", "es")
SEED = 99


def accuracy(tower: LanguageTower, chat: ChatTokens, *, each: int = 24) -> dict[str, float]:
    """The share of answers, by kind, that greedy decoding would give exactly."""
    tower.eval()
    kinds = {
        "seen, tiny": _readings("train", "tiny", each),
        "new, tiny": _readings("heldout", "tiny", each),
        "seen": _readings("train", "short", each),
        "new": _readings("heldout", "short", each),
        "new, long": _readings("heldout", "full", each),
        "talk": _talk(each),
        "refused": _refused(each),
        "sums": _sums(each),
    }
    with torch.no_grad():
        return {name: _share(tower, chat, items) for name, items in kinds.items()}


def _share(tower: LanguageTower, chat: ChatTokens, items: Iterator[tuple[str, Turn]]) -> float:
    right = [_is_right(tower, chat, sources, turn) for sources, turn in items]
    return sum(right) / len(right)


def _is_right(tower: LanguageTower, chat: ChatTokens, sources: str, turn: Turn) -> bool:
    """Every token of the answer is the likeliest one after those before it."""
    tokens, produced = spelled_turns(chat, sources, [turn])
    device = tower.embedding.weight.device
    inputs = torch.tensor([tokens[:-1]], device=device)
    start = produced.index(True)
    hidden = tower(tower.embedding(inputs))[0, start - 1 :]
    likeliest = tower.logits(hidden).argmax(-1).tolist()
    return bool(likeliest == tokens[start:])


def _readings(split: Split, shape: str, count: int) -> Iterator[tuple[str, Turn]]:
    random = Random(SEED)
    for number in range(count):
        made = reading(Words(LANGUAGES[number % 2], random, split), SHAPES[shape])
        for turn in made.turns[:1]:
            yield sources_text(made.passages, numbered=True), turn


def _talk(count: int) -> Iterator[tuple[str, Turn]]:
    random = Random(SEED)
    for number in range(count):
        language = LANGUAGES[number % 2]
        intent = random.choice((*intents(language), *feelings(language)))
        yield "", Turn(random.choice(intent.heldout), intent.answer)


def _refused(count: int) -> Iterator[tuple[str, Turn]]:
    for number in range(count):
        intent = beyond(LANGUAGES[number % 2])
        yield "", Turn(intent.heldout[number], intent.answer)


def _sums(count: int) -> Iterator[tuple[str, Turn]]:
    random = Random(SEED)
    for number in range(count):
        yield "", small_sum(Words(LANGUAGES[number % 2], random), heldout=True)
