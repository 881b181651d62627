"""A byte-level vocabulary: every byte is a token, and so is every piece of a scripted reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gguf

CHAT_TEMPLATE = (  # newlines stand inside strings, where trim_blocks leaves them alone
    "{%- for message in messages -%}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}"
)
END_OF_TURN = "<|im_end|>"
CONTROL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    END_OF_TURN,
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|audio_bos|>",
    "<|AUDIO|>",
    "<|audio_eos|>",
)
TOOL_TOKENS = ("[TOOL_CALLS]", "<|tool_call_start|>", "<|tool_call_end|>")
"""Control tokens only of vocabularies that are asked for them."""
MERGED = ("e", "r")  # llama.cpp wants at least one merge


def _byte_letters() -> dict[int, str]:
    """The letter that stands for each byte in a byte-level vocabulary.

    Source: GPT-2's `bytes_to_unicode`.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {byte: chr(byte) for byte in printable}
    return letters | {byte: chr(256 + rank) for rank, byte in enumerate(others)}


_LETTERS = _byte_letters()


def spelled(raw: bytes) -> str:
    """`raw` as the vocabulary writes it."""
    return "".join(_LETTERS[byte] for byte in raw)


@dataclass(frozen=True)
class Vocabulary:
    """Token texts and their types; a token's number is its place."""

    texts: tuple[str, ...]
    types: tuple[gguf.TokenType, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def number(self, text: str) -> int:
        return self.texts.index(text)

    def printable(self) -> list[int]:
        """Numbers of the single printable ASCII characters."""
        return [self.number(chr(byte)) for byte in range(33, 127)]

    def add_to(
        self, metadata: gguf.GGUFWriter, chat_template: str | None, *, add_bos: bool
    ) -> None:
        """Write the vocabulary's keys."""
        metadata.add_tokenizer_model("gpt2")
        metadata.add_tokenizer_pre("qwen2")
        metadata.add_token_list(list(self.texts))
        metadata.add_token_types(list(self.types))
        metadata.add_token_merges([" ".join(MERGED)])
        metadata.add_eos_token_id(self.number(END_OF_TURN))
        metadata.add_bos_token_id(self.number("<|endoftext|>"))
        metadata.add_add_bos_token(add_bos)
        if chat_template is not None:
            metadata.add_chat_template(chat_template)


def byte_vocabulary(pieces: Sequence[bytes] = ()) -> Vocabulary:
    """All bytes, the pieces that are longer than a byte, and the control tokens."""
    long = [spelled(piece) for piece in pieces if len(piece) > 1]
    controls = [*CONTROL_TOKENS, *(text for text in long if text in TOOL_TOKENS)]
    texts = [spelled(bytes([byte])) for byte in range(256)] + ["".join(MERGED)]
    texts += [text for text in long if text not in controls]
    types = [gguf.TokenType.NORMAL] * len(texts) + [gguf.TokenType.CONTROL] * len(controls)
    return Vocabulary((*texts, *controls), tuple(types))
