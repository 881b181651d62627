"""What the model already has in its KV cache, so that it is not evaluated twice.

Owns the list of cached tokens and the next position; knows nothing of text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from core.engines.llama.native_media import MediaPrompt
from core.engines.llama.native_model import NativeModel

MEDIA = -1
"""Stands for media in the list of cached tokens. No prompt begins with it, so nothing that
follows media is ever taken for a common prefix."""


class KvCache:
    """Puts prompts and answers into the cache of one model, reusing the common prefix."""

    def __init__(self, model: NativeModel) -> None:
        self._model = model
        self._tokens: list[int] = []
        self._next_position = 0

    def put_prompt(self, prompt: Sequence[int]) -> int:
        """Evaluate what of `prompt` is new; returns how many tokens were reused.

        Raises: Cancelled, EngineFailed.
        """
        # The last token is always evaluated: the answer begins with its logits.
        reused = self._keep(min(_common_prefix(self._tokens, prompt), len(prompt) - 1))
        for start in range(reused, len(prompt), self._model.batch_tokens):
            self._model.abort.check()
            piece = prompt[start : start + self._model.batch_tokens]
            self._model.decode(piece, start)
            self._tokens += piece
        self._next_position = len(prompt)
        return reused

    def put_media(self, prompt: MediaPrompt) -> None:
        """Evaluate a prompt that holds media, from the beginning.

        Raises: Cancelled, EngineFailed.
        """
        self._keep(0)
        self._tokens = [MEDIA]
        # Not the number of tokens: under M-RoPE a whole picture takes few positions.
        self._next_position = prompt.evaluate()

    def put_token(self, token: int) -> None:
        """Append one token of the answer.

        Raises: Cancelled, EngineFailed.
        """
        self._model.decode((token,), self._next_position)
        self._tokens.append(token)
        self._next_position += 1

    def _keep(self, count: int) -> int:
        """Forget all but the first `count` tokens, or all, where the model cannot do less."""
        if count == 0 or not self._model.forget_from(count):
            self._model.forget_all()
            count = 0
        del self._tokens[count:]
        return count


def _common_prefix(cached: Sequence[int], prompt: Sequence[int]) -> int:
    pairs = zip(cached, prompt, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
