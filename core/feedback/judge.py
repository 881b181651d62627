"""Turn t is judged on turn t+1: what a message says of the answer before it.

Owns the rules; knows nothing of where turns are kept. A message is read clause by clause from
its beginning for as long as it is about the answer, so that thanks are thanks, and "how do you
say thanks in Japanese?" is a question. What is not plain counts as nothing said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.feedback.phrases import Meaning, Said, phrases
from core.feedback.signals import SCORES, Signal
from core.text.folding import folded_words

REPEATED_JACCARD = 0.7
"""Questions that share more than this of their content words are one question."""
LEAST_CONTENT_WORDS = 3
"""Below that two questions are alike by chance, and "enciende la luz" is only said again."""
SHORT_WORDS = 10
STATEMENT_WORDS = 12
"""In a message as short as this that quotes and asks nothing, a complaint may come last."""
_STEM = 6
"""Letters that tell a word from another, whatever its ending."""

_CLAUSE = re.compile(r"([^.,;:!?¡¿…\n]+)([.,;:!?…]*)")
_QUOTES_OR_ASKS = re.compile('[:?¿"“”«»]')
_DECLINED = re.compile(r"(?i)\bno,\s+(?=gracias|thank)")
_APOSTROPHE = re.compile("['’]")


def said_of_last(message: str, last_question: str) -> Signal:
    """What `message` says of the answer to `last_question`, the worst where it says several."""
    found: set[Signal] = {*_said(message)}
    if _repeats(message, last_question):
        found.add("repetition")
    return min(found, key=SCORES.__getitem__, default="went_on")


def own_signal(response: str, finish_reason: str | None, *, simple: bool) -> Signal | None:
    """What an answer alone tells: that it was stopped, or is `short` for what was asked.

    Args:
        simple: a short answer is what was wanted.
    """
    if finish_reason == "cancelled":
        return "stopped"
    too_short = not simple and len(folded_words(response)) < SHORT_WORDS
    return "short" if too_short else None


def _said(message: str) -> Iterator[Said]:
    plain = _DECLINED.sub("no ", _APOSTROPHE.sub("", message))
    count = len(folded_words(plain))
    if count == 0:
        signs = phrases().signs
        yield from (signs[sign] for sign in message if sign in signs)
    every_clause = count <= STATEMENT_WORDS and not _QUOTES_OR_ASKS.search(plain)
    about_the_answer = True
    for found in _CLAUSE.finditer(plain):
        clause, end = found.groups()
        meanings, whole = _meanings(folded_words(clause))
        heading = ":" in end  # "correct this: he go" is no praise, "let me rephrase: ..." is meant
        said = {each.said for each in meanings if each.said and (each.may_go_on or not heading)}
        if "?" in end and said:
            return
        yield from said if about_the_answer else said - {"thanks"}
        about_the_answer = about_the_answer and whole
        if not (about_the_answer or every_clause):
            return


def _meanings(words: list[str]) -> tuple[list[Meaning], bool]:
    """The phrases that a clause begins with, and whether it is nothing else.

    A clause that goes on is about something else, unless its last phrase may be gone on from.
    """
    meanings: list[Meaning] = []
    position = 0
    for found in phrases().table.find(words):
        if found.start != position:
            break
        position = found.end
        meanings.append(found.payloads[0])
        if found.payloads[0].may_go_on:
            return meanings, position == len(words)
    whole = position == len(words)
    return (meanings if whole else []), whole


def _repeats(message: str, last_question: str) -> bool:
    now, before = _content(message), _content(last_question)
    if min(len(now), len(before)) < LEAST_CONTENT_WORDS or _numbers(now) != _numbers(before):
        return False
    return len(now & before) / len(now | before) > REPEATED_JACCARD


def _content(text: str) -> frozenset[str]:
    function_words = phrases().function_words
    return frozenset(word[:_STEM] for word in folded_words(text) if word not in function_words)


def _numbers(words: frozenset[str]) -> set[str]:
    return {word for word in words if any(sign.isdigit() for sign in word)}
