"""Whether an answer's sentences rest on the passages that they cite.

Owns the reading of claims and the rule; knows nothing of models. The rule looks at words,
numbers, names and negations, and across languages at numbers and names alone. It cannot tell
a wrong conclusion from right words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.language import evident_language
from core.retrieval.citations import cited_numbers
from core.retrieval.facts import is_negation, names, negates, numbers
from core.retrieval.sentences import sentences
from core.retrieval.terms import SearchWord, search_words
from core.text.folding import fold

LEAST_SHARE = 0.6
"""Of a claim's own words, how many the passages must hold."""

FEW_WORDS = 2
"""So few alone stand in a passage by chance."""

LONG_WORDS, REPEATS = 12, 4
"""A claim of so many words that says each so often on average is a model caught in a loop."""

_MARK = r"\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\]"
# A sentence ends with the marks behind it; a line is a sentence too.
_SENTENCE = re.compile(rf".+?(?:[.!?…]+[\"'»”)*_]*(?:\s*{_MARK})*(?=\s|$)|$)", re.MULTILINE)
_MARKS = re.compile(rf"\s*{_MARK}")
_YES_OR_NO = re.compile(r"^\W*(?:yes|no|s[ií])\s*[,.:;]", re.IGNORECASE)
_REFUSAL = re.compile(
    r"\b(?:no|not|none|nothing|cannot|can't|don't|doesn't|ningun\w*|nada|tampoco)\b.*"
    r"\b(?:passages?|sources?|documents?|context|pasajes?|fuentes?|documentos?|contexto)\b"
    r"|\b(?:passages?|sources?|documents?|context|pasajes?|fuentes?|documentos?|contexto)\b.*"
    r"\b(?:no|not|cannot|can't|don't|doesn't|ningun\w*|nada)\b"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer without its marks. `cited` are those that it cites."""

    text: str
    cited: tuple[int, ...]
    supported: bool


def check_claims(
    answer: str, question: str, passages: Mapping[int, str], context: Sequence[str] = ()
) -> list[Claim]:
    """Every sentence that claims something, held against the passages that it cites.

    One that cites none may rest on any. What the caller gave as `context` supports as well.
    A sentence that says that the passages hold no answer claims nothing.
    """
    asked = frozenset(search_words(question))
    claims = []
    for match in _SENTENCE.finditer(answer):
        text = _YES_OR_NO.sub("", _MARKS.sub("", match.group())).strip()
        if not search_words(text) or _REFUSAL.search(fold(text)):
            continue
        cited = cited_numbers(match.group())
        sources = [passages[number] for number in cited or passages if number in passages]
        supported = _rests_on(text, asked, question, [*sources, *context])
        claims.append(Claim(text, cited, supported))
    return claims


def _rests_on(
    claim: str, asked: frozenset[SearchWord], question: str, sources: Sequence[str]
) -> bool:
    whole = "\n".join(sources)
    if _only_repeats(claim):
        return False
    if not set(numbers(claim)) <= {*numbers(whole), *numbers(question)}:
        return False
    if _in_another_language(claim, whole):
        return names(claim) <= names(whole) | names(question)
    held = {term for word in search_words(whole) for term in word.terms}
    words = {word for word in search_words(claim) if not is_negation(fold(word.spelled))}
    if len(words) <= FEW_WORDS and not _answers(words, asked, question, whole):
        return False
    own = words - asked or words
    share = sum(any(term in held for term in word.terms) for word in own) / max(1, len(own))
    return share >= LEAST_SHARE and _agrees(claim, words, whole)


def _only_repeats(claim: str) -> bool:
    said = fold(claim).split()
    return len(said) >= LONG_WORDS and len(set(said)) * REPEATS <= len(said)


def _answers(
    words: set[SearchWord], asked: frozenset[SearchWord], question: str, whole: str
) -> bool:
    """Whether so few words can be an answer: they say something that the question did not, and
    stand where the question's numbers and half of its words stand."""
    if words <= asked or not set(numbers(question)) <= set(numbers(whole)):
        return False
    if _in_another_language(question, whole):
        return True
    held = {term for word in search_words(whole) for term in word.terms}
    return sum(any(term in held for term in word.terms) for word in asked) * 2 >= len(asked)


def _in_another_language(claim: str, whole: str) -> bool:
    languages = {evident_language(claim), evident_language(whole)}
    return None not in languages and len(languages) > 1


def _agrees(claim: str, words: set[SearchWord], whole: str) -> bool:
    """Whether the sentence that says most of the claim is negated as it is."""
    said = sentences(whole)
    nearest = max(said, key=lambda each: len(words & set(search_words(each))), default="")
    return negates(claim) == negates(nearest)
