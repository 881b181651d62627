"""How people really type: typos, no accents, no punctuation, capitals, politeness.

Owns the changes that must not change a decision; used in training and in the benchmark.
"""

from __future__ import annotations

import random
import unicodedata

_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "kñ", "m": "n", "n": "bm", "o": "ip", "p": "o",
    "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "x",
}  # fmt: skip
_SHORTENED = {
    "es": {"que": "q", "por": "x", "porque": "xq", "para": "pa", "favor": "fa", "también": "tb"},
    "en": {"you": "u", "are": "r", "please": "pls", "because": "cuz", "for": "4", "to": "2"},
}
_BEFORE = {
    "es": [
        "hola, ",
        "buenas, ",
        "perdona, ",
        "oye ",
        "una cosa: ",
        "che, ",
        "por favor ",
        "a ver, ",
    ],
    "en": ["hi, ", "hello, ", "sorry, ", "hey ", "one thing: ", "so, ", "please ", "ok so "],
}
_AFTER = {
    "es": [", por favor", " gracias", ", porfa", " ¿puedes?", ", gracias de antemano", " :)"],
    "en": [", please", " thanks", ", pls", " can you?", ", thanks in advance", " :)"],
}


def typos(text: str, rng: random.Random, rate: float = 0.04) -> str:
    """`text` with about `rate` of its letters swapped, dropped, doubled or mistyped."""
    letters = list(text)
    for place in range(len(letters) - 1):
        if not letters[place].isalpha() or rng.random() > rate:
            continue
        kind = rng.randrange(4)
        if kind == 0 and letters[place + 1].isalpha():
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        elif kind == 1:
            letters[place] = ""
        elif kind == 2:
            letters[place] *= 2
        else:
            letters[place] = rng.choice(_NEIGHBOURS.get(letters[place].lower(), "e"))
    return "".join(letters)


def without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def without_punctuation(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum() or sign.isspace() or sign in "'+#")


def politely(text: str, language: str, rng: random.Random) -> str:
    """`text` with a greeting before it or thanks behind it, which mean nothing."""
    if rng.random() < 0.5:
        return rng.choice(_BEFORE[language]) + text
    return text + rng.choice(_AFTER[language])


def shortened(text: str, language: str) -> str:
    """`text` as it is typed on a telephone."""
    table = _SHORTENED[language]
    return " ".join(table.get(word.lower(), word) for word in text.split(" "))


def disturbed(text: str, language: str, rng: random.Random) -> str:
    """One copy of `text` as somebody else might have typed it."""
    if len(text) > 12 and rng.random() < 0.4:
        text = politely(text, language, rng)
    if rng.random() < 0.3:
        text = shortened(text, language)
    if rng.random() < 0.3:
        text = without_punctuation(text)
    if rng.random() < 0.3:
        text = without_accents(text)
    return typos(text, rng, rng.choice([0.0, 0.04, 0.08]))
