"""The word lists of data/words.yaml. A sixth of the open ones is kept for held-out passages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Language = Literal["en", "es"]
Split = Literal["train", "heldout"]

DATA = Path(__file__).parent / "data"
HELD_OUT_EVERY = 6
CLOSED_LISTS = frozenset({"month", "weekday", "measure", "verb", "adjective", "attribute", "aside"})


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    stored = yaml.safe_load((DATA / "words.yaml").read_text(encoding="utf-8"))
    return {
        name: {language: _items(words) for language, words in by_language.items()}
        for name, by_language in stored.items()
    }


def _items(words: str | list[str]) -> list[str]:
    if isinstance(words, list):
        return [str(word) for word in words]
    return words.split("|") if "|" in words else words.split()


@cache
def words(name: str, language: Language, split: Split) -> tuple[str, ...]:
    """The words of a list that may be used in `split`."""
    items = _lists()[name][language]
    if name in CLOSED_LISTS:
        return tuple(items)
    held_out = split == "heldout"
    return tuple(w for i, w in enumerate(items) if (i % HELD_OUT_EVERY == 2) == held_out)


def all_words(language: Language) -> list[str]:
    return [word for by_language in _lists().values() for word in by_language[language]]


@cache
def single_words(language: Language) -> tuple[str, ...]:
    """Words in lower case that training may use, without articles and phrases."""
    lists = ("noun", "adjective", "attribute", "material", "food", "animal", "job", "colour")
    texts = [text for name in lists for text in words(name, language, "train")]
    return tuple(sorted({text.split()[-1] for text in texts if len(text.split()) <= 2}))
