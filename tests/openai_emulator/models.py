"""Emulated models: what they take, how they count and what they answer.

An answer is a function of the model, the messages with their media and (unless greedy) the
seed, so that a test sees whether each of them arrived.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.json_examples import example

MESSAGE_TOKENS = 4
MEDIA_TOKENS = 64
_WORDS = ("mañana", "luz", "río", "niño", "casa", "canción", "árbol", "¿qué?", "😀", "viento")


@dataclass(frozen=True)
class EmulatedModel:
    """A model that the server has loaded.

    `reply` fixes the answer; else it has `answer_words` words that follow from the request.
    `thoughts` are sent apart, before it. `finish_reason` ends it unless a length does.
    One that is `structured` keeps to schemas and to grammars of one literal, and tells
    log-probabilities; others ignore them, as some servers do.
    """

    name: str
    context_tokens: int = 2048
    dimensions: int = 16
    reply: str = ""
    answer_words: int = 40
    thoughts: str = ""
    finish_reason: str = "stop"
    structured: bool = False

    def answer(self, body: dict[str, Any]) -> str:
        """`reply`, or a digest of the request and `answer_words` words that follow from it."""
        if self.structured and "response_format" in body:
            schema = body["response_format"]["json_schema"]["schema"]
            return json.dumps(example(schema), ensure_ascii=False)
        if self.structured and (
            literal := re.search(r'^root ::= "(.*)"$', body.get("grammar", ""))
        ):
            return literal[1]
        if self.reply:
            return self.reply
        greedy = body.get("temperature", 1) == 0
        seed = "greedy" if greedy else body.get("seed", secrets.token_hex(8))
        text = json.dumps([self.name, body["messages"], seed], sort_keys=True)
        digest = hashlib.sha256(text.encode()).digest()
        words = [_WORDS[digest[i % len(digest)] % len(_WORDS)] for i in range(self.answer_words)]
        return " ".join(["reply", digest.hex()[:12], *words])

    def embedding(self, text: str) -> list[float]:
        """A vector of any length; texts that share words point the same way."""
        vector = np.full(self.dimensions, 1e-3)
        for word in text.casefold().split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
            vector += np.random.default_rng(seed).standard_normal(self.dimensions)
        return [float(value) for value in vector]


def count_text_tokens(text: str) -> int:
    """A token for each word and each sign."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def count_message_tokens(messages: Sequence[dict[str, Any]]) -> int:
    return sum(
        MESSAGE_TOKENS
        + sum(
            count_text_tokens(part["text"]) if part["type"] == "text" else MEDIA_TOKENS
            for part in parts_of(message)
        )
        for message in messages
    )


def parts_of(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The content as a list of parts, whichever of its two forms it has."""
    content = message["content"]
    if isinstance(content, str):
        yield {"type": "text", "text": content}
    else:
        yield from content


def template(messages: Sequence[dict[str, Any]]) -> str:
    """A prompt that has as many tokens as `count_message_tokens` says."""
    return "".join(
        f"<|{message['role']}|" + "".join(part.get("text", "") for part in parts_of(message)) + "\n"
        for message in messages
    )


def split_tokens(text: str) -> list[str]:
    """The answer's pieces: words, each with the space before it."""
    return re.findall(r"\s*\S+|\s+$", text)
