"""A vocabulary of the true size whose tokens are words: " a", " b", ..., " aa", " ab", ...

Owns tokens, merges and scores; knows nothing of weights. Every word is one token, so a prompt
has as many tokens as words, and what a model writes is read again as the very same tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice, product
from typing import Literal

from gguf import GGUFWriter, TokenType

from tests.self_test_models.text_tower import CHAT_TEMPLATE
from tests.self_test_models.vocabulary import BYTE_LETTERS, CONTROL_TOKENS, LETTERS, spelled

Tokenizer = Literal["qwen2", "lfm2", "gemma"]
END_OF_TURN = "<|im_end|>"
END_OF_TEXT = "<|endoftext|>"
GEMMA_CONTROLS = ("<pad>", "<eos>", "<bos>")
GEMMA_SPACE = "\u2581"


def words() -> Iterator[str]:
    """ "a" to "z", "aa", "ab", ... without end; the beginning of a word comes before it."""
    for length in count(1):
        yield from ("".join(letters) for letters in product(LETTERS, repeat=length))


def prompt_of(tokens: int, first: int = 0) -> str:
    """A text of `tokens` words, from the word number `first` on; each begins with a space."""
    return "".join(f" {word}" for word in islice(words(), first, first + tokens))


def add_vocabulary(writer: GGUFWriter, tokenizer: Tokenizer, size: int) -> None:
    """Add a vocabulary of `size` tokens and, for chats, a template."""
    if tokenizer == "gemma":
        _add_sentence_pieces(writer, size)
    else:
        _add_byte_pairs(writer, tokenizer, size)
        writer.add_chat_template(CHAT_TEMPLATE)


def _add_byte_pairs(writer: GGUFWriter, tokenizer: str, size: int) -> None:
    space = spelled(" ")
    known = list(islice(words(), size - len(BYTE_LETTERS) - len(CONTROL_TOKENS)))
    tokens = [*BYTE_LETTERS, *(space + word for word in known), *CONTROL_TOKENS]
    normal, control = size - len(CONTROL_TOKENS), len(CONTROL_TOKENS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(tokenizer)
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.NORMAL] * normal + [TokenType.CONTROL] * control)
    writer.add_token_merges([f"{space}{word[:-1]} {word[-1]}" for word in known])
    writer.add_bos_token_id(tokens.index(END_OF_TEXT))
    writer.add_eos_token_id(tokens.index(END_OF_TURN))
    writer.add_add_bos_token(False)


def _add_sentence_pieces(writer: GGUFWriter, size: int) -> None:
    control = [(text, TokenType.CONTROL) for text in GEMMA_CONTROLS]
    unknown = [("<unk>", TokenType.UNKNOWN)]
    raw = [(f"<0x{byte:02X}>", TokenType.BYTE) for byte in range(256)]
    pieces = [*LETTERS, GEMMA_SPACE]
    known = size - len(control) - len(unknown) - len(raw) - len(pieces)
    pieces += [GEMMA_SPACE + word for word in islice(words(), known)]
    tokens = [*control, *unknown, *raw, *((piece, TokenType.NORMAL) for piece in pieces)]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([text for text, _ in tokens])
    # A merge is worth more the longer its piece: the first in the list wins.
    writer.add_token_scores([-float(rank) for rank in range(size)])
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_pad_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_unk_token_id(3)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    writer.add_add_space_prefix(False)
