"""Talk without passages: greetings, SARAi's own commands, feelings, sums, and what is beyond.

Owns the reading of data/chat_*.yaml, feelings_*.yaml and beyond_*.yaml, and how their
phrases are varied. Phrases listed as `heldout` are for measuring only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random

import yaml

from models.nano.text.passages import Turn
from models.nano.text.words import DATA, Language, Words

PLAIN, PLAIN_SHARE = 2, 0.25
"""The first patterns of an intent are the plain ones; people use them most."""

CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")


@dataclass(frozen=True)
class Intent:
    """Phrases with (a|b|) choices, and the one answer to all of them."""

    name: str
    answer: str
    say: tuple[str, ...]
    heldout: tuple[str, ...]


@cache
def intents(language: Language) -> tuple[Intent, ...]:
    """What SARAi says of itself, and small talk."""
    return _read("chat", language)


@cache
def feelings(language: Language) -> tuple[Intent, ...]:
    return _read("feelings", language)


def _read(name: str, language: Language) -> tuple[Intent, ...]:
    stored = yaml.safe_load((DATA / f"{name}_{language}.yaml").read_text(encoding="utf-8"))
    return tuple(
        Intent(key, each["answer"], tuple(each["say"]), tuple(each["heldout"]))
        for key, each in stored.items()
    )


@cache
def beyond(language: Language) -> Intent:
    """Everything that is to be refused."""
    stored = yaml.safe_load((DATA / f"beyond_{language}.yaml").read_text(encoding="utf-8"))
    return Intent("beyond", stored["refusal"], tuple(stored["say"]), tuple(stored["heldout"]))


def said(intent: Intent, random: Random) -> str:
    """A phrase of the intent with its choices made."""
    plain = random.random() < PLAIN_SHARE
    return _chosen(random.choice(intent.say[:PLAIN] if plain else intent.say), random)


def _chosen(pattern: str, random: Random) -> str:
    while match := CHOICE.search(pattern):
        choice = random.choice(match.group(1).split("|"))
        pattern = pattern[: match.start()] + choice + pattern[match.end() :]
    return " ".join(pattern.split())


def small_talk(w: Words) -> Turn:
    """A turn about SARAi, its commands, or nothing much."""
    intent = w.random.choice(intents(w.language))
    return Turn(typed(said(intent, w.random), w.random), intent.answer)


def feeling(w: Words) -> Turn:
    intent = w.random.choice(feelings(w.language))
    return Turn(typed(said(intent, w.random), w.random), intent.answer)


def refused(w: Words, others: tuple[str, ...] = ()) -> Turn:
    """Something out of reach; `others` are real questions of that kind."""
    intent = beyond(w.language)
    if others and w.random.random() < 0.5:
        question = w.random.choice(others)
    else:
        question = w.filled(said(intent, w.random))
    return Turn(typed(question, w.random), intent.answer)


def typed(text: str, random: Random) -> str:
    """As people type it: with a capital or without, signs left out now and then."""
    draw = random.random()
    if draw < 0.45:
        for place, sign in enumerate(text):
            if sign.isalpha():
                text = text[:place] + sign.upper() + text[place + 1 :]
                break
    elif draw < 0.7:
        text = text.lower()
    elif draw < 0.72:
        text = text.upper()
    if text.startswith("¿") and not text.endswith("?"):
        text = text + "?"
    return text
