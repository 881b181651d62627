"""A question about a picture, its answer, and where in the picture that answer is read off."""

from __future__ import annotations

from dataclasses import dataclass

from models.nano.vision.names import Language

WHOLE = ""
WORD = -1

Read = tuple[tuple[str, tuple[int, ...]], ...]
"""Pieces of an answer in its order, WHOLE for all of it, and the things that they are read off:
the numbers of shapes in the scene, or WORD."""


@dataclass(frozen=True)
class Asked:
    kind: str
    language: Language
    question: str
    answer: str
    read: Read = ()
