"""How a conversation is spelled for the nano text model: in training and in its GGUF.

Owns the chat template. It leaves the system prompt out, which a model this small has no use
for, and keeps what stands in it to answer from: the numbered sources, and the lines of the
context. Sources lose their paths and keep their headings. A turn of the user is
<|im_start|>question<|im_end|>, and the answer that follows ends with <|im_end|>. A question on
sources stands before them and again behind them: whoever reads them then knows what to look for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from models.nano.text.passages import Passage, Turn


class Tokens(Protocol):
    """Of the tokenizer, what is needed here (models.nano.network.tokenizer.ChatTokens)."""

    turn_start: int
    turn_end: int

    def text(self, text: str) -> list[int]: ...

    def spans(self, text: str) -> list[tuple[int, int]]: ...

    def answer(self, text: str) -> list[int]: ...


CHAT_TEMPLATE = (
    "{%- set found = namespace(text='') -%}"
    "{%- for message in messages -%}"
    "{%- set content = message['content'] -%}"
    "{%- if message['role'] == 'system' -%}"
    # What the caller asks to be taken into account.
    "{%- for heading in ['Ten en cuenta:\\n', 'Take into account:\\n'] -%}"
    "{%- if heading in content -%}"
    "{%- for line in content.split(heading, 1)[1].split('\\n\\n')[0].split('\\n') -%}"
    "{%- if line -%}{%- set found.text = found.text + '\\n* ' + line -%}{%- endif -%}"
    "{%- endfor -%}{%- endif -%}{%- endfor -%}"
    # The numbered sources: "[1] path:1-3 (heading)", then lines that begin with "> ".
    "{%- if '\\n\\n[1] ' in content -%}"
    "{%- for line in ('[1] ' + content.split('\\n\\n[1] ', 1)[1]).split('\\n') -%}"
    "{%- if line[:2] == '> ' -%}{%- set found.text = found.text + ' ' + line[2:] -%}"
    "{%- elif line[:1] == '[' -%}"
    "{%- set found.text = found.text + '\\n' + line.split(' ', 1)[0] -%}"
    "{%- if ' (' in line -%}"
    "{%- set found.text = found.text + ' (' + line.split(' (', 1)[1] -%}{%- endif -%}"
    "{%- endif -%}{%- endfor -%}{%- endif -%}"
    "{%- elif message['role'] == 'user' -%}"
    "{{- '<|im_start|>' + content + '<|im_end|>' -}}"
    "{%- if loop.last and found.text -%}"
    "{{- found.text + '<|im_start|>' + content + '<|im_end|>' -}}"
    "{%- endif -%}"
    "{%- else -%}{{- content + '<|im_end|>' -}}{%- endif -%}"
    "{%- endfor -%}"
)


def sources_text(passages: Sequence[Passage], *, numbered: bool) -> str:
    """Passages as the template spells them."""
    return "".join(_spelled(passages, numbered=numbered))


def _spelled(passages: Sequence[Passage], *, numbered: bool) -> Iterator[str]:
    for number, passage in enumerate(passages, 1):
        heading = f" ({passage.heading})" if passage.heading else ""
        yield f"\n[{number}]{heading} {passage.text}" if numbered else f"\n* {passage.text}"


def spoken(turn: Turn, sources: str) -> str:
    """The answer as it is to be produced: what is copied begins as it does inside a passage,
    with a space, or it would be cut into other tokens."""
    return f" {turn.answer}" if sources else turn.answer


def spelled_turns(
    chat: Tokens, sources: str, turns: Sequence[Turn]
) -> tuple[list[int], list[bool]]:
    """The tokens of a conversation, and which of them the model has to produce.

    `sources` are those of the last turn; earlier answers are then not to be produced.
    """
    tokens: list[int] = []
    produced: list[bool] = []
    for number, turn in enumerate(turns, 1):
        asked = [chat.turn_start, *chat.text(turn.question), chat.turn_end]
        answer = chat.answer(turn.answer)
        wanted = True
        if sources and number == len(turns):
            asked += [*chat.text(sources), *asked]
            answer = chat.answer(spoken(turn, sources))
        elif sources:
            wanted = False
        tokens += asked + answer
        produced += [False] * len(asked) + [wanted] * len(answer)
    return tokens, produced
