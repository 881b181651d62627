"""Keeps what people write from becoming control tokens.

Owns the unguessable mark that breaks such text while a template is rendered, and the places
where the rendered text is cut for tokenising; knows nothing of templates. Text without the
spelling of a control token is not touched, so ordinary prompts keep their tokens.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any


class ControlGuard:
    """Knows how the control tokens of one model are spelled.

    Args:
        spellings: of all tokens that only markup may become, such as "<|im_end|>". Those of a
            single character cannot be broken.
    """

    def __init__(self, spellings: Iterable[str]) -> None:
        self._mark = secrets.token_hex(16)
        texts = sorted({text for text in spellings if len(text) > 1}, key=len, reverse=True)
        self._longest = len(texts[0]) if texts else 0
        self._begins = {text[:size] for text in texts for size in range(1, len(text))}
        self._ends = {text[-size:] for text in texts for size in range(1, len(text))}
        first_letters = "".join({re.escape(text[0]) for text in texts})
        spelled = "|".join(map(re.escape, texts))
        # The class comes first because a model may have thousands of such tokens.
        self._spelled = re.compile(f"(?=[{first_letters}])(?=({spelled}))" if texts else "(?!)")

    def guarded(self, value: Any) -> Any:
        """`value` with the mark in every string, at any depth, that could become a token."""
        if isinstance(value, str):
            return self._broken(value)
        if isinstance(value, Mapping):
            return {self.guarded(key): self.guarded(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.guarded(each) for each in value]
        return value

    def pieces(self, rendered: str) -> list[str]:
        """`rendered` without marks, cut where a control token must not arise."""
        first, *others = rendered.split(self._mark)
        pieces = [first]
        for text in others:
            if self._meet(pieces[-1], text):
                pieces.append(text)
            else:
                pieces[-1] += text
        return pieces

    def _broken(self, text: str) -> str:
        """Marks inside of each spelling, and at ends that may complete one with what a
        template puts beside them."""
        core = text.strip()
        if not core:
            return text
        places = {match.start() + 1 for match in self._spelled.finditer(core)}
        sizes = range(1, min(self._longest, len(core) + 1))
        if any(core[:size] in self._ends for size in sizes):
            places.add(0)
        if any(core[-size:] in self._begins for size in sizes):
            places.add(len(core))
        if not places:
            return text
        bounds = [0, *sorted(places), len(core)]
        parts = [core[start:end] for start, end in pairwise(bounds)]
        return text.replace(core, self._mark.join(parts), 1)

    def _meet(self, left: str, right: str) -> bool:
        """Whether a spelling would reach from `left` into `right`."""
        left, right = left[-self._longest :], right[: self._longest]
        matches = self._spelled.finditer(left + right)
        return any(match.start() < len(left) < match.end(1) for match in matches)
