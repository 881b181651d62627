"""What a reader should notice on its way to an answer: help for training only.

Of each token of the passages: does its word stand in the question, does it belong to the
answer? Of each token of the answer: from where is it copied? An answer alone says so little
about how it is found that two cores would not learn it in a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.nano.text.passages import Turn
from models.nano.text.prompt import Tokens, spoken

UNKNOWN = -1
WORD = re.compile(r"\w+")
TELLING_LETTERS = 4
"""Most shorter words stand in every question and tell nothing."""
NUMBER = re.compile(r"\d+")
CITED = re.compile(r" \[(\d+)\]\.$")

Span = tuple[int, int]
"""The first character and the one after the last."""


@dataclass(frozen=True)
class Hints:
    """For each token of a row; UNKNOWN where nothing is to be said."""

    in_question: list[int]  # 0 or 1
    in_answer: list[int]  # 0 or 1
    copied_from: list[int]  # of the token that this token repeats

    def shortened(self, tokens: int) -> Hints:
        """Of the first `tokens` tokens."""
        kept = slice(tokens)
        return Hints(self.in_question[kept], self.in_answer[kept], self.copied_from[kept])


def no_hints(tokens: int) -> Hints:
    nothing = [UNKNOWN] * tokens
    return Hints(nothing, nothing, nothing)


def hints(chat: Tokens, sources: str, turn: Turn, tokens: list[int]) -> Hints:
    """For a row that ends with `sources`, the question again and the answer."""
    made = no_hints(len(tokens))
    answer_start = len(tokens) - len(chat.answer(spoken(turn, sources)))
    spans = chat.spans(sources)
    first = answer_start - len(spans) - len(chat.text(turn.question)) - 2
    asked = {word.lower() for word in WORD.findall(turn.question)}
    telling = {
        match.span(): int(match.group().lower() in asked)
        for match in WORD.finditer(sources)
        if len(match.group()) >= TELLING_LETTERS or match.group().isdigit()
    }
    in_question = _of_words(spans, telling)
    answer = answer_span(sources, turn.answer)
    in_answer = [int(answer is not None and _overlap(span, answer)) for span in spans]
    copied_from = list(made.copied_from)
    if answer is not None:
        for place, source in _copies(chat, sources, turn, spans, answer):
            copied_from[answer_start + place] = first + source
    return Hints(
        _placed(made.in_question, first, in_question),
        _placed(made.in_answer, first, in_answer),
        copied_from,
    )


def sum_hints(chat: Tokens, turn: Turn, tokens: list[int]) -> Hints:
    """For a row that ends with a question and its answer: a sum repeats the numbers in it."""
    made = no_hints(len(tokens))
    asked, said = NUMBER.finditer(turn.question), NUMBER.finditer(turn.answer)
    copied_from = list(made.copied_from)
    if "=" in turn.answer:
        answer_start = len(tokens) - len(chat.answer(turn.answer))
        asked_start = answer_start - len(chat.text(turn.question)) - 1
        asked_at, said_at = chat.spans(turn.question), chat.spans(turn.answer)
        for given, repeated in zip(asked, said, strict=False):
            if given.group() == repeated.group():
                for digit in range(len(given.group())):
                    place = _token_of(said_at, repeated.start() + digit)
                    source = _token_of(asked_at, given.start() + digit)
                    copied_from[answer_start + place] = asked_start + source
    return Hints(made.in_question, made.in_answer, copied_from)


def _token_of(spans: list[Span], character: int) -> int:
    return next(place for place, span in enumerate(spans) if span[0] <= character < span[1])


def answer_span(sources: str, answer: str) -> Span | None:
    """Where the answer's value stands; None where it stands nowhere (as when refused)."""
    cited = CITED.search(answer)
    value = answer[: cited.start()] if cited else answer.removesuffix(".")
    start = sources.find(f"\n[{cited.group(1)}]") if cited else 0
    end = sources.find("\n[", start + 1) if cited else -1
    found = sources.rfind(value, start, end if end >= 0 else len(sources))
    return (found, found + len(value)) if found >= 0 else None


def _of_words(spans: list[Span], telling: dict[Span, int]) -> list[int]:
    labels = []
    for span in spans:
        found = [label for word, label in telling.items() if _overlap(span, word)]
        labels.append(found[0] if found else UNKNOWN)
    return labels


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _copies(
    chat: Tokens, sources: str, turn: Turn, spans: list[Span], answer: Span
) -> list[tuple[int, int]]:
    """(place in the answer, place in the sources) of the tokens that are repeated."""
    produced = chat.text(spoken(turn, sources))
    given = chat.text(sources)
    inside = [place for place, span in enumerate(spans) if _overlap(span, answer)]
    if inside and produced[0] == given[inside[0] - 1]:  # a space is a token before digits
        inside.insert(0, inside[0] - 1)
    pairs = []
    for place, source in enumerate(inside[: len(produced)]):
        if produced[place] != given[source]:
            break
        pairs.append((place, source))
    cited = CITED.search(turn.answer)
    if cited:
        digit = sources.find(f"\n[{cited.group(1)}]") + 2
        number = _token_of(spans, digit)
        place = _token_of(chat.spans(spoken(turn, sources)), cited.start(1) + 1)
        if produced[place] == given[number]:
            pairs.append((place, number))
    return pairs


def _placed(labels: list[int], first: int, inner: list[int]) -> list[int]:
    return [*labels[:first], *inner, *labels[first + len(inner) :]]
