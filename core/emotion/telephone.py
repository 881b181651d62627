"""Telephone numbers in an answer that must not have any.

Owns what looks like one and what is said in its place; knows nothing of where the words come
from or go to. It works on a stream: what may be the beginning of a number waits.
"""

from __future__ import annotations

import re

from core.state import Language

_NUMBER = re.compile(r"\+?\(?\d[\d\s()+.\-–/]*\d")
_LEAST_DIGITS = 3
_WAITS = re.compile(r"[+(]*(?:\d[\d\s()+.\-–/]*)?\Z")
_INSTEAD: dict[Language, str] = {
    "es": "número de emergencias de tu país",
    "en": "emergency number of your country",
}


class TelephoneGuard:
    """Replaces every number of three digits or more; `left_out` counts them."""

    def __init__(self, language: Language) -> None:
        self._instead = _INSTEAD[language]
        self._held = ""
        self.left_out = 0

    def feed(self, piece: str) -> str:
        """What can be said after `piece` came."""
        text = self._held + piece
        waits = _WAITS.search(text)
        start = waits.start() if waits else len(text)
        self._held = text[start:]
        return self._replaced(text[:start])

    def rest(self) -> str:
        """What was held back; nothing more will come."""
        held, self._held = self._held, ""
        return self._replaced(held)

    def _replaced(self, text: str) -> str:
        return _NUMBER.sub(self._replacement, text)

    def _replacement(self, number: re.Match[str]) -> str:
        if sum(sign.isdigit() for sign in number[0]) < _LEAST_DIGITS:
            return number[0]
        self.left_out += 1
        return self._instead
