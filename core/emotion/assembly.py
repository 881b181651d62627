"""An answer put together as it was streamed, and the proof that nothing in it was changed.

Owns the joining and the check of facts: code, links, numbers and citations of the model's
words stand in the answer as they were. Knows nothing of how words came about.
"""

from __future__ import annotations

import re

_FACTS = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`|https?://\S+|\[\d+(?:, ?\d+)*\]|\d+(?:[.,:/]\d+)*", re.DOTALL
)


def facts_in(text: str) -> list[str]:
    """Code, links, citations and numbers, in order."""
    return _FACTS.findall(text)


def assembled(opening: str, words: str) -> str:
    """`opening` before the model's `words`; the words alone when their facts would read otherwise.

    That happens when an opening runs into code, for instance.
    """
    whole = opening + words
    return whole if facts_in(whole) == [*facts_in(opening), *facts_in(words)] else words
