"""What the self-test models say.

Owns the wording; knows nothing of how a model is made to say it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

NO_MEDIA: Final = " nothing"
ADJECTIVES: Final = tuple(
    " amber azure bold brisk calm clear coral gentle golden hidden ivory lively misty quiet"
    " silver velvet".replace(" ", "\n ").split("\n")[1:]
)
NOUNS: Final = tuple(
    " river forest meadow harbor island lantern canyon garden valley comet bridge temple"
    " desert orchard glacier village".replace(" ", "\n ").split("\n")[1:]
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A fixed sentence; `reports_media` puts two words for the media before its full stop."""

    opening: str
    reports_media: bool = False

    @property
    def pieces(self) -> tuple[str, ...]:
        """The opening cut into tokens, each of them once, since the model only knows its last.

        Raises: ValueError, when a word stands there twice.
        """
        pieces = tuple(re.findall(r" ?[\w-]+|[^\w ]", self.opening))
        if len(set(pieces)) < len(pieces):
            raise ValueError(f"a word stands twice in {self.opening!r}")
        return pieces


EXPERT: Final = Reply(
    "self-test reply: the expert model is running; real answers need a downloaded one"
)
TINY: Final = Reply(
    "self-test reply: the tiny model is running; real answers need a downloaded one"
)
VISION: Final = Reply("self-test reply: the picture reached me as", reports_media=True)
OMNI: Final = Reply(
    "self-test reply: the omni model is running; besides text it perceived", reports_media=True
)
FULL_STOP: Final = "."
