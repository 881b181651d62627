"""Keeps a model's thoughts out of its answer.

Owns one filter over streamed text; knows nothing of where the text comes from. Servers
separate thoughts themselves for the models they know; others write them into the answer,
between tags, before anything else.
"""

from __future__ import annotations

from typing import Literal

_OPEN = "<think>"
_CLOSE = "</think>"


class ReasoningFilter:
    """Drops one `<think>...</think>` block, and the space after it, from a stream's start."""

    def __init__(self) -> None:
        self._held = ""
        self._place: Literal["start", "thought", "gap", "answer"] = "start"

    def visible(self, piece: str) -> str:
        """What can be shown after `piece` has arrived; may be empty."""
        self._held += piece
        if self._place == "start":
            self._look_for_thought()
        if self._place == "thought":
            self._look_for_end()
        if self._place == "gap":
            self._held = self._held.lstrip()
            self._place = "answer" if self._held else "gap"
        return self._release() if self._place == "answer" else ""

    def rest(self) -> str:
        """What is still held back when the stream ends; a thought, finished or not, is not."""
        return self._release() if self._place == "start" else ""

    def _look_for_thought(self) -> None:
        start = self._held.lstrip()
        if start.startswith(_OPEN):
            self._place = "thought"
        elif not _OPEN.startswith(start):
            self._place = "answer"

    def _look_for_end(self) -> None:
        _, end, after = self._held.partition(_CLOSE)
        if end:
            self._held, self._place = after, "gap"

    def _release(self) -> str:
        held, self._held = self._held, ""
        return held
