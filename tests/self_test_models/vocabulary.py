"""The self-test models' tokens: every byte, common pieces of two languages, reply words.

Owns tokens and merges; knows nothing of weights. Byte-level BPE, so that any text can be
read; the merges only keep prompts short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from gguf import TokenType

END_OF_TURN: Final = "<|im_end|>"
END_OF_TEXT: Final = "<|endoftext|>"
CONTROL_TOKENS: Final = (
    END_OF_TEXT,
    "<|im_start|>",
    END_OF_TURN,
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|audio_bos|>",
    "<|audio_eos|>",
    "<|AUDIO|>",
)
ROW_MULTIPLE: Final = 32  # token counts that suit every matrix kernel

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
ACCENTED: Final = "áéíóúñü¿¡ÁÉÍÓÚÑ"
COMMON_WORDS: Final = """
 the of and to in is that for it as with was on be by at are this have from or one had not
 but what all were when we there can an your which their if will each about how up out them
 then she many some so these would other into has more two like him see time could no make
 than first been its who now people my made over did down only way find use may water long
 little very after words called just where most know you answer question please user text
 picture image video audio voice document context system assistant should using between
 de la que el en y a los se del las un por con no una su para es al lo como más pero sus le
 ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde
 todo nos durante todos uno les ni contra otros ese eso ante ellos esto mí antes algunos qué
 unos yo otro otras otra él tanto esa estos mucho quienes nada muchos cual poco ella estar
 estas algunas algo nosotros tiene puede hacer cada día vida tiempo año hola gracias cómo
 eres responde pregunta respuesta imagen usuario asistente texto documento contexto español
 ción mente ando iendo ado ido able idad tion ing ment ness ally ight ound ould
"""


def _byte_letters() -> tuple[str, ...]:
    """The printable letter that stands for each byte, as in GPT-2's byte-level BPE.

    Source: bytes_to_unicode in https://github.com/openai/gpt-2/blob/master/src/encoder.py
    """
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return tuple(chr(byte if byte in printable else next(others)) for byte in range(256))


BYTE_LETTERS: Final = _byte_letters()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`tokens` in order of their ids, in byte letters; `merges` in order of their rank."""

    tokens: tuple[str, ...]
    types: tuple[TokenType, ...]
    merges: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.tokens)

    def token_id(self, piece: str) -> int:
        """The id of the token that reads `piece`. Raises ValueError when there is none."""
        return self.tokens.index(piece if piece in CONTROL_TOKENS else spelled(piece))


def spelled(text: str) -> str:
    """`text` in byte letters."""
    return "".join(BYTE_LETTERS[byte] for byte in text.encode())


def make_vocabulary(reply_pieces: Iterable[str] = ()) -> Vocabulary:
    """The vocabulary of a model; each of `reply_pieces` becomes one token."""
    merges = dict.fromkeys(_merges())
    normal = dict.fromkeys(BYTE_LETTERS)
    normal.update(dict.fromkeys(merge.replace(" ", "") for merge in merges))
    normal.update(dict.fromkeys(spelled(piece) for piece in reply_pieces))
    padding = -(len(normal) + len(CONTROL_TOKENS)) % ROW_MULTIPLE
    unused = tuple(f"<|unused_{number}|>" for number in range(padding))
    return Vocabulary(
        tokens=(*normal, *CONTROL_TOKENS, *unused),
        types=(
            *(TokenType.NORMAL,) * len(normal),
            *(TokenType.CONTROL,) * len(CONTROL_TOKENS),
            *(TokenType.UNUSED,) * padding,
        ),
        merges=tuple(merges),
    )


def _merges() -> Iterator[str]:
    """Accented letters, then common words from left to right, then every pair of letters."""
    for letter in ACCENTED:
        yield " ".join(spelled(letter))
    for word in COMMON_WORDS.split():
        yield from _prefix_merges(" " + word)
        yield from _prefix_merges(word)
    for first in " " + LETTERS:
        for second in LETTERS:
            yield f"{spelled(first)} {second}"


def _prefix_merges(word: str) -> Iterator[str]:
    """The merges that build `word` letter by letter: t+h, th+e."""
    letters = [spelled(letter) for letter in word]
    for end in range(1, len(letters)):
        yield f"{''.join(letters[:end])} {letters[end]}"
