"""The byte-level BPE tokenizer of the nano family, split like Qwen2's.

Owns training, the special tokens and the turns of a chat in tokens; knows nothing of models.
llama.cpp reads the same vocabulary and merges out of the GGUF and gives the same tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
VISION_START, VISION_END, IMAGE = "<|vision_start|>", "<|vision_end|>", "<|image_pad|>"
AUDIO_START, AUDIO_END, AUDIO = "<|audio_start|>", "<|audio_end|>", "<|audio_pad|>"
SPECIAL_TOKENS = (
    *(END_OF_TEXT, TURN_START, TURN_END),
    *(VISION_START, VISION_END, IMAGE),
    *(AUDIO_START, AUDIO_END, AUDIO),
)

QWEN2_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Source: llama.cpp, LLAMA_VOCAB_PRE_TYPE_QWEN2 in src/llama-vocab.cpp."""

ROW_TOKENS = 32
"""Vocabularies are filled up to a multiple of this, as Q8_0's blocks are 32 wide."""

TURN_TEXTS = ("user\n", "assistant\n", "system\n")


def train_tokenizer(texts: Iterable[str], *, most_tokens: int, path: Path) -> Tokenizer:
    """Train on `texts`, with at most `most_tokens` tokens in all, and save to `path`."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN2_SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=most_tokens - len(SPECIAL_TOKENS),
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([*TURN_TEXTS * 50, *texts], trainer)
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    tokenizer.save(str(path))
    return tokenizer


def vocabulary_rows(tokenizer: Tokenizer) -> int:
    """Rows of the embedding matrix: the vocabulary, filled up."""
    return -(-tokenizer.get_vocab_size() // ROW_TOKENS) * ROW_TOKENS


class ChatTokens:
    """The pieces of a chat as tokens, in the way that `CHAT_TEMPLATE` spells them.

    The project tokenises what stands between special tokens in one piece; so must training.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.turn_start = self.special(TURN_START)
        self.turn_end = self.special(TURN_END)

    def special(self, token: str) -> int:
        """The number of a special token. Raises: KeyError."""
        number = self._tokenizer.token_to_id(token)
        if number is None:
            raise KeyError(token)
        return int(number)

    def text(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Of each token of `text`: its first character and the one after its last."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).offsets)

    def opened(self, role: str, text: str = "") -> list[int]:
        """A turn up to the end of `text`, not closed."""
        return [self.turn_start, *self.text(f"{role}\n{text}")]

    def closed(self) -> list[int]:
        """What ends a turn; the newline belongs to the template."""
        return [self.turn_end, *self.text("\n")]

    def turn(self, role: str, text: str) -> list[int]:
        return [*self.opened(role, text), *self.closed()]

    def prompt(self, turns: Sequence[tuple[str, str]]) -> list[int]:
        """(role, text) turns, and the opening of the assistant's answer."""
        tokens = [token for role, text in turns for token in self.turn(role, text)]
        return [*tokens, *self.opened("assistant")]

    def answer(self, text: str) -> list[int]:
        """What the model is to produce: the text and the end of its turn."""
        return [*self.text(text), self.turn_end]
