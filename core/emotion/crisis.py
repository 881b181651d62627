"""Whether somebody says that they may harm themselves.

Owns the reading of crisis.yaml: a missed cry for help costs more than a false alarm, so its
phrases count without any score. What is quoted, translated or asked for in a story is
nobody's own. Knows nothing of models.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from core.settings import Settings
from core.text.folding import folded_words
from core.text.packaged import packaged_yaml
from core.text.phrases import PhraseTable

_QUOTED = re.compile(r"[\"“«][^\"”»]*[\"”»]|```.*?```|`[^`]*`", re.DOTALL)


def in_crisis(text: str) -> bool:
    """Whether the writer of `text` says, of themselves, that they want to die or be hurt."""
    said, of_others = _phrases()
    words = folded_words(_QUOTED.sub(" ", text))
    if of_others.find(words):
        return False
    return any(all(match.payloads) for match in said.find(words))


def crisis_watch(settings: Settings) -> Callable[[str], bool]:
    """`in_crisis`; who switched the reading of feelings off is never taken to be in danger."""
    return in_crisis if settings.emotion.enabled else lambda _: False


@cache
def _phrases() -> tuple[PhraseTable[bool], PhraseTable[bool]]:
    """What is said in a crisis (True) or only sounds like it, and the words of stories."""
    read = packaged_yaml("core.emotion", "crisis.yaml")
    meant = ((phrase, True) for phrase in (*read["said"], *read["said_en"]))
    not_meant = ((phrase, False) for phrase in (*read["not_meant"], *read["not_meant_en"]))
    of_others = PhraseTable((phrase, True) for phrase in read["of_others"])
    return PhraseTable((*meant, *not_meant)), of_others
