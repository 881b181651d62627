"""The text of an answer that may hold tool calls, as it comes.

Owns what is held back because it may be part of a call; knows nothing of tokens and of how
a call is written.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from core.engines.llama.answer.answer_text import AnswerText
from core.engines.llama.tools.formats import ToolFormat
from core.engines.llama.tools.parsers import Parameters, require_plain
from core.engines.protocol import Tool, ToolCall

ID_BYTES = 4
"""A call's id has 9 letters and digits, because Mistral's templates accept no other."""

_MAY_BE_BARE = re.compile(r"\s*(\[?\s*(\{|$)|<\|python_tag\|>)")


class ToolText:
    """Passes text on up to the first call, and reads the calls when the answer is over.

    Args:
        text: the answer's own text, tokens in.
        form: how the model writes calls.
        tools: what it may call.
        begun: whether the prompt ends with the beginning of a call.
    """

    def __init__(
        self, text: AnswerText, form: ToolFormat, tools: Sequence[Tool], *, begun: bool
    ) -> None:
        self._text = text
        self._form = form
        self._parameters: Parameters = {tool.name: tool.parameters for tool in tools}
        self._held = form.begin if begun else ""
        self._holds = begun
        self._shown = False
        self.calls: tuple[ToolCall, ...] = ()
        self.problem = ""

    @property
    def stopped(self) -> bool:
        """As `AnswerText.stopped`."""
        return self._text.stopped

    def feed(self, token: int) -> str:
        """The text that is certain with `token` to be no call; may be empty."""
        return self._pass(self._text.feed(token))

    def finish(self) -> str:
        """The rest, when no more tokens come: all that is no call."""
        rest = self._pass(self._text.finish())
        held, self._held = self._held, ""
        return rest + (self._read(held) if held else "")

    def _pass(self, text: str) -> str:
        self._held += text
        if not self._holds:
            start = self._start()
            if start < 0:
                shown, self._held = self._held, ""
                self._shown |= bool(shown.strip())
                return shown
            shown, self._held = self._held[:start], self._held[start:]
            self._holds = self._form.begin != "" and self._held.startswith(self._form.begin)
            self._shown |= bool(shown.strip())
            return shown
        return ""

    def _start(self) -> int:
        """Where a call begins, or may, in the held text; -1 for nowhere."""
        begin = self._form.begin
        if not begin:  # only an answer that is nothing but JSON is a call
            return 0 if _MAY_BE_BARE.match(self._held) and not self._shown else -1
        if begin in self._held:
            return self._held.index(begin)
        sizes = range(min(len(begin) - 1, len(self._held)), 0, -1)
        return next((len(self._held) - n for n in sizes if self._held.endswith(begin[:n])), -1)

    def _read(self, held: str) -> str:
        """Reads the calls in `held`; returns what is none."""
        begin, end = self._form.begin, self._form.end
        if begin and begin not in held:
            return held
        rest, calls = "", []
        blocks = held.split(begin)[1:] if begin else [held]
        for block in blocks:
            inside, _, after = block.partition(end) if end else (block, "", "")
            try:
                found = self._form.read(inside, self._parameters)
                for call in found:
                    require_plain(call.arguments)
            except ValueError as error:
                rest += begin + block
                self._tell(error)
            else:
                calls += found
                rest += after if after.strip() else ""
        self.calls = tuple(ToolCall(call.name, call.arguments, self._id(call.id)) for call in calls)
        return rest

    def _tell(self, error: ValueError) -> None:
        if self._form.begin:  # else it may be an answer in JSON as well
            self.problem = f"A tool call in the answer cannot be understood: {error}."

    def _id(self, given: str) -> str:
        return (
            given if re.fullmatch(r"[A-Za-z0-9]{9}", given) else f"c{secrets.token_hex(ID_BYTES)}"
        )
