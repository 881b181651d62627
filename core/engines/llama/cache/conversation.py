"""What was evaluated of a conversation, whether it lies in the cache or in a copy.

Owns the questions that both are asked when a prompt comes; knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.cache.prompt_entries import Entry, common_prefix, tokens_in

WORTH_TOKENS = 32
"""Fewer tokens than this are evaluated again rather than saved or restored. Copying the
cache of a conversation takes about as long as evaluating a few tokens."""


class Conversation(Protocol):
    """Attributes:

    entries: what was evaluated; the first `prompt_entries` were asked, the rest answered.
    scores: what the model makes of the whole prompt, for every token of the vocabulary; None
        until all of it was evaluated.
    continued: whether anybody came back to it.
    """

    @property
    def entries(self) -> Sequence[Entry]: ...
    @property
    def prompt_entries(self) -> int: ...
    @property
    def scores(self) -> NDArray[np.float32] | None: ...
    @property
    def continued(self) -> bool: ...


def knows_answer(conversation: Conversation, prompt: Sequence[Entry]) -> bool:
    """Whether the answer to `prompt` can begin without any evaluation."""
    return (
        conversation.prompt_entries == len(prompt)
        and common_prefix(conversation.entries, prompt) == len(prompt)
        and conversation.scores is not None
    )


def is_left(conversation: Conversation, prompt: Sequence[Entry]) -> bool:
    """Whether `prompt`, put in its place, would leave the conversation.

    An answer that its own conversation does not repeat, as thoughts, is no loss.
    """
    kept = common_prefix(conversation.entries, prompt)
    return tokens_in(conversation.entries[kept : conversation.prompt_entries]) > WORTH_TOKENS


def is_continued(conversation: Conversation, prompt: Sequence[Entry]) -> bool:
    """Whether `prompt` comes back to the conversation: not where only the opening is shared,
    which instructions to the model often are."""
    kept = common_prefix(conversation.entries, prompt)
    return tokens_in(prompt[:kept]) > WORTH_TOKENS and not is_left(conversation, prompt)
