"""Which Spanish somebody writes: variety, form of address, and how formal.

Owns the verb forms and the sum of the cues in varieties.yaml; knows nothing of feelings. Only
words and forms that stand in the text count: without any, nothing is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from core.state import Address, Formality, PastTurn, Spanish, Variety
from core.text.folding import folded_words
from core.text.packaged import packaged_yaml
from core.text.phrases import PhraseTable

MARK, HINT = 2.0, 1.0
READ_LETTERS = 1_400
Told = TypeVar("Told")

_VOSEO = re.compile(r"\b\w*(?:[^r\W]ás|[^r\W]á|és|ís)\b", re.IGNORECASE)
_VOSOTROS = re.compile(
    r"\b\w+(?:áis|éis)\b|\b(?:sois|habeis|teneis|podeis|quereis|sabeis|estais)\b", re.IGNORECASE
)
# "estái", "cachai", and "tenís" of verbs in -er, which are "tenés" in Argentina.
_CHILEAN = re.compile(
    r"\b\w+ái\b|\b(?:cach|est|and|habl|hac|v|pens|mir|lleg|qued|pas)ai\b|\b(?:ten|quer|pod|sab|hac|entend|cre|deb|pon|com|v|er)ís\b",
    re.IGNORECASE,
)


class _Forms(NamedTuple):
    address: dict[Address, frozenset[str]]
    formal: frozenset[str]
    informal: frozenset[str]
    no_voseo: frozenset[str]


@cache
def _forms() -> _Forms:
    read = _read("address.yaml")
    address = {who: frozenset(words) for who, words in read.pop("address").items()}
    return _Forms(address, **{kind: frozenset(words) for kind, words in read.items()})


def _read(name: str) -> Any:
    return packaged_yaml("core.emotion", name)


@cache
def _cues() -> PhraseTable[tuple[Variety, float] | None]:
    """The cues; a payload of None speaks for nobody."""
    read = _read("varieties.yaml")
    entries: list[tuple[str, tuple[Variety, float] | None]] = [
        (phrase, None) for phrase in read.pop("elsewhere")
    ]
    for variety, said in read.items():
        entries += [(phrase, (variety, MARK)) for phrase in said["marks"]]
        entries += [(phrase, (variety, HINT)) for phrase in said["hints"]]
    return PhraseTable(entries)


def _found(words: Sequence[str]) -> Iterator[tuple[Variety, float]]:
    for match in _cues().find(words):
        yield from filter(None, match.payloads)


def spanish_of(text: str, history: Sequence[PastTurn] = ()) -> Spanish:
    """How `text` is written; what it leaves open, the person's earlier messages may tell.

    `variety` is "neutral" where no word gives one away; `address` is how the person speaks to
    the assistant, None when no form shows it.
    """
    said = (text, *(turn["user"] for turn in reversed(history)))
    return {
        "variety": _newest(_variety, said) or "neutral",
        "address": _newest(_address, said),
        "formality": _newest(_formality, said),
    }


def _newest(of: Callable[[str], Told | None], said: Sequence[str]) -> Told | None:
    return next((found for found in map(of, said) if found is not None), None)


def _variety(text: str) -> Variety | None:
    """The variety with the largest sum; the first one found wins a tie."""
    sums: dict[Variety, float] = {}
    for variety, weight in _evidence(text[:READ_LETTERS]):
        sums[variety] = sums.get(variety, 0.0) + weight
    return max(sums, key=sums.__getitem__, default=None)


def _evidence(text: str) -> Iterator[tuple[Variety, float]]:
    yield from _found(folded_words(text))
    for word in _voseo(text):
        if not _CHILEAN.fullmatch(word):
            yield "es-AR", MARK
    for _ in _VOSOTROS.findall(text):
        yield "es-ES", MARK
    for _ in _CHILEAN.findall(text):
        yield "es-CL", MARK


def _voseo(text: str) -> list[str]:
    """Verbs such as "tenés" and "mirá"; future forms and adverbs look alike and are left out."""
    return [word for word in _VOSEO.findall(text) if folded_words(word)[0] not in _forms().no_voseo]


def _address(text: str) -> Address | None:
    words = folded_words(text[:READ_LETTERS])
    counts = {
        address: sum(word in known for word in words) for address, known in _forms().address.items()
    }
    counts["vos"] += len(_voseo(text[:READ_LETTERS]))
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else None


def _formality(text: str) -> Formality | None:
    """Slang outweighs "usted", which friends say to one another in Colombia."""
    words = folded_words(text[:READ_LETTERS])
    slang = any(weight == MARK for _, weight in _found(words))
    if slang or not _forms().informal.isdisjoint(words):
        return "informal"
    return None if _forms().formal.isdisjoint(words) else "formal"
