"""The text of one answer, as its tokens come.

Owns the bytes of a character that is not complete yet and the text that is held back for a
stop string; knows nothing of how tokens are chosen.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence

from core.engines.llama.answer.stop_strings import StopStrings


class AnswerText:
    """Turns tokens into text that never ends in half a character or half a stop string.

    Bytes that cannot be text become U+FFFD and hold nothing up.
    """

    def __init__(self, piece: Callable[[int], bytes], stops: Sequence[str]) -> None:
        self._piece = piece
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = StopStrings(stops)

    @property
    def stopped(self) -> bool:
        """Whether a stop string was reached."""
        return self._stops.reached

    def feed(self, token: int) -> str:
        """The text that is certain with `token`; may be empty."""
        return self._stops.feed(self._utf8.decode(self._piece(token)))

    def finish(self) -> str:
        """The rest, when no more tokens come; empty after a stop string."""
        if self.stopped:
            return ""
        return self._stops.feed(self._utf8.decode(b"", final=True)) + self._stops.finish()
