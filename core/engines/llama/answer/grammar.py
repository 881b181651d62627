"""A grammar that an answer has to follow, as llama.cpp evaluates it.

Owns the state of one answer in its grammar; knows nothing of temperatures. A token is
checked after it was drawn; only when the grammar refuses it are all tokens checked.
"""

from __future__ import annotations

import codecs
import ctypes
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from core.engines.llama.answer.candidates import CANDIDATE, candidates_of
from core.engines.llama.native.log import NATIVE_LOG
from core.engines.llama.native.vocabulary import Vocabulary
from core.engines.llama.prompt.time_limit import processor_time_limit
from core.errors import InvalidInput

MAX_GRAMMAR_BYTES = 256 * 1024
MAX_ELEMENTS = 20_000_000
"""Characters of all repetitions written out; each takes 8 bytes."""
MAX_NESTING = 200
"""Parentheses inside parentheses; llama.cpp's parser calls itself for each."""
STEP_LIMIT_S = 0.5
"""Processor time for one step of an answer; a usual grammar needs milliseconds. An ambiguous
one can take twice as long with every token."""
FATAL_LIMIT_S = 4.0
"""When a single step took this long, only the end of the process stops it."""
REJECTED = -np.inf


class Grammar:
    """Which tokens may come next.

    Args:
        vocabulary: of the model that answers.
        text: GBNF; its rule `root` is the whole answer.
        key: what of the request it comes from, for errors.

    Raises: InvalidInput, when llama.cpp refuses the grammar; its reason is in the message.
    """

    def __init__(self, vocabulary: Vocabulary, text: str, key: str) -> None:
        self._vocabulary = vocabulary
        self._key = key
        self._utf8 = codecs.getincrementaldecoder("utf-8")("strict")
        _check_size(text, key)
        reasons: list[str] = []
        with self._watched(), _stderr_lines(reasons.append):
            NATIVE_LOG.forget()
            self._sampler = llama.llama_sampler_init_grammar(
                vocabulary.handle, text.encode(errors="replace"), b"root"
            )
        if not self._sampler:  # a null pointer
            said = " ".join(reasons) or NATIVE_LOG.reason("no reason was given")
            raise InvalidInput(f"The grammar cannot be used: {said}.", key=key, hint=_HINT)

    def allows(self, token: int) -> bool:
        """Whether `token` may come next."""
        if token in self._vocabulary.markup or not self._continues_text(token):
            return False
        candidate = np.array([(token, 0, 0)], dtype=CANDIDATE)
        self._apply(candidate)
        return bool(candidate["logit"][0] != REJECTED)

    def candidates(self, logits: NDArray[np.float32]) -> NDArray[np.void]:
        """All tokens that may come next with their logits, as CANDIDATE."""
        candidates = candidates_of(logits)
        candidates["logit"][self._vocabulary.markup] = REJECTED
        candidates = candidates[candidates["logit"] != REJECTED]
        self._apply(candidates)
        allowed: NDArray[np.void] = candidates[candidates["logit"] != REJECTED]
        return allowed

    def accept(self, token: int) -> None:
        """`token`, which is allowed, comes next.

        Raises: InvalidInput, when following the grammar takes too long.
        """
        if self._vocabulary.ends_answer(token):
            return
        self._utf8.decode(self._vocabulary.piece(token))
        with self._watched():
            llama.llama_sampler_accept(self._sampler, token)

    def close(self) -> None:
        llama.llama_sampler_free(self._sampler)

    def stuck(self) -> InvalidInput:
        """The error for when no token is allowed at all."""
        return InvalidInput(
            "No token of this model continues the grammar.", key=self._key, hint=_HINT
        )

    def _continues_text(self, token: int) -> bool:
        """Whether the bytes of `token` are text after those before; llama.cpp lets overlong
        forms and surrogates pass, of which a decoder makes several other characters."""
        state = self._utf8.getstate()
        if self._vocabulary.ends_answer(token):
            return not state[0]
        try:
            self._utf8.decode(self._vocabulary.piece(token))
            begun = self._utf8.getstate()[0]
        except UnicodeDecodeError:
            return False
        finally:
            self._utf8.setstate(state)
        # The decoder refuses half a surrogate pair only with its last byte.
        return not (begun[:1] == b"\xed" and begun[1:2] >= b"\xa0")

    def _apply(self, candidates: NDArray[np.void]) -> None:
        data = candidates.ctypes.data_as(llama.llama_token_data_p)
        array = llama.llama_token_data_array(data, len(candidates), -1, False)
        with self._watched():
            llama.llama_sampler_apply(self._sampler, ctypes.byref(array))

    @contextmanager
    def _watched(self) -> Iterator[None]:
        started_s = time.thread_time()
        with processor_time_limit(FATAL_LIMIT_S):
            yield
        if time.thread_time() - started_s > STEP_LIMIT_S:
            raise InvalidInput(
                f"`{self._key}` leaves too many ways to read the same text, so following it"
                " takes too long.",
                key=self._key,
                hint="Make alternatives begin differently.",
            )


_HINT = "Check its rules; docs of llama.cpp describe GBNF."


def _check_size(text: str, key: str) -> None:
    """llama.cpp's parser has hardly any limits of its own.

    Raises: InvalidInput.
    """
    raw = text.encode(errors="replace")
    if len(raw) > MAX_GRAMMAR_BYTES or b"\0" in raw:
        raise _too_large(key, f"{len(raw)} bytes; {MAX_GRAMMAR_BYTES} without a NUL is the most")
    depth = copies = longest = 0
    # Literals, character classes and comments, in which parentheses are text, match whole.
    for sign in re.findall(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#.*|[()]|\{[\d\s,]*\}', text):
        depth += (sign == "(") - (sign == ")")
        if sign[0] == "{":
            copies += max((int(each) for each in re.findall(r"\d{1,9}", sign)), default=0)
        else:
            longest = max(longest, len(sign))
        if depth > MAX_NESTING:
            raise _too_large(key, f"parentheses nested deeper than {MAX_NESTING}")
    if copies * longest > MAX_ELEMENTS:
        raise _too_large(key, "long repetitions of long texts")


def _too_large(key: str, what: str) -> InvalidInput:
    return InvalidInput(f"`{key}` gives too large a grammar: {what}.", key=key, hint="Simplify it.")


@contextmanager
def _stderr_lines(tell: Callable[[str], None]) -> Iterator[None]:
    """Tells the first line that native code writes to stderr, its only way to name a mistake.

    All of it is written where it would have gone, too.
    """
    kept = os.dup(2)
    try:
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(kept, 2)
            file.seek(0)
            said = file.read()
    finally:
        os.close(kept)
    if said:
        os.write(2, said)
        tell(said.decode("utf-8", "replace").splitlines()[0])
