"""Emulated models: what they can do, how they count and what they answer.

An answer is a function of the model, the messages, the images' bytes and (unless greedy)
the seed, so that a test sees whether each of them arrived.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.json_examples import example

MESSAGE_TOKENS = 4
IMAGE_TOKENS = 64
_WORDS = ("mañana", "luz", "río", "niño", "casa", "canción", "árbol", "¿qué?", "😀", "viento")


@dataclass(frozen=True)
class EmulatedModel:
    """A model as `ollama pull` would install it.

    `reply` fixes the answer; else it has `answer_words` words that follow from the request.
    `thoughts` come before it as separated thinking when the model has the capability
    "thinking" (unless the request turns that off) or `always_thinks`. `parameters` is
    printed by show as it stands. `remote_host` marks a cloud model. `calls` are asked for
    after the reply when tools are given, which takes the capability "tools".
    """

    name: str
    capabilities: tuple[str, ...] = ("completion",)
    context_length: int = 8192
    embedding_length: int = 16
    size_bytes: int = 512 * 2**20
    family: str = "llama"
    parameter_size: str = "10.7B"
    reply: str = ""
    answer_words: int = 40
    thoughts: str = "first let me think"
    always_thinks: bool = False
    parameters: str = ""
    remote_host: str = ""
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    @property
    def details(self) -> dict[str, Any]:
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": self.parameter_size,
            "quantization_level": "Q4_0",
        }

    def answer(
        self,
        messages: Sequence[dict[str, Any]],
        options: dict[str, Any],
        form: str | dict[str, Any],
    ) -> str:
        """JSON of `form` if there is one, else `reply`, else a digest of the request and
        `answer_words` words that follow from it."""
        if form:
            return json.dumps({} if form == "json" else example(form), ensure_ascii=False)
        if self.reply:
            return self.reply
        greedy = options.get("temperature", 0.8) == 0
        seed = "greedy" if greedy else options.get("seed", secrets.token_hex(8))
        text = json.dumps([self.name, list(messages), seed], sort_keys=True)
        digest = hashlib.sha256(text.encode()).digest()
        words = [_WORDS[digest[i % len(digest)] % len(_WORDS)] for i in range(self.answer_words)]
        return " ".join(["reply", digest.hex()[:12], *words])

    def embedding(self, text: str) -> list[float]:
        """A unit vector; texts that share words are close."""
        vector = np.full(self.embedding_length, 1e-3)
        for word in text.casefold().split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
            vector += np.random.default_rng(seed).standard_normal(self.embedding_length)
        return [float(value) for value in vector / np.linalg.norm(vector)]


def count_text_tokens(text: str) -> int:
    """A token for each word and each sign."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def count_message_tokens(messages: Sequence[dict[str, Any]]) -> int:
    return sum(
        MESSAGE_TOKENS
        + count_text_tokens(message.get("content") or "")
        + IMAGE_TOKENS * len(message.get("images") or ())
        for message in messages
    )


def drop_oldest(
    messages: Sequence[dict[str, Any]], context_tokens: int
) -> Sequence[dict[str, Any]]:
    """What Ollama does by default with too long a chat: system messages and the last stay."""
    for first in range(len(messages)):
        kept = [
            message
            for index, message in enumerate(messages)
            if index >= first or message["role"] == "system"
        ]
        if count_message_tokens(kept) <= context_tokens:
            return kept
    return messages[-1:]


def split_tokens(text: str) -> list[str]:
    """The answer's pieces: words, each with the space before it."""
    return re.findall(r"\s*\S+|\s+$", text)
