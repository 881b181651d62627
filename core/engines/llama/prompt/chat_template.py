"""The chat template that a GGUF carries, rendered in a sandbox.

Owns the Jinja environment and the marks that stand for media in the rendered text; knows
nothing of tokens. Runs in the worker: a template comes with a downloaded file, and the worst
it can do is to end this process.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.engines.llama.prompt.control_guard import ControlGuard
from core.engines.llama.prompt.template_limits import RENDER_LIMIT_CHARACTERS, template_limits
from core.engines.llama.tools.formats import tool_format
from core.engines.protocol import Message, Part, Tool, ToolCall
from core.errors import EngineFailed


class ChatTemplate:
    """Renders messages the way the model was trained to read them.

    Args:
        source: the template's Jinja text.
        model: the model's name, for errors.
        bos_token, eos_token: spelled out, as templates refer to them; empty for none.
        guard: keeps what the messages say from becoming control tokens.

    Raises: EngineFailed, when the template has a syntax error.
    """

    def __init__(
        self, source: str, *, model: str, bos_token: str, eos_token: str, guard: ControlGuard
    ) -> None:
        self._model = model
        self._guard = guard
        # Some templates leave the calls of earlier turns out; these are added to the text.
        self._lost_calls = None if "tool_calls" in source else tool_format(source)
        self._special_texts = {"bos_token": bos_token, "eos_token": eos_token}
        # Unguessable, so that no text of a user can pass for a picture.
        self._mark = f"<media:{secrets.token_hex(16)}>"
        self._splits_content: bool | None = None
        with self._errors(), template_limits():
            self._template = _environment().from_string(source)

    def render(self, messages: Sequence[Message], tools: Sequence[Tool] = ()) -> list[Part]:
        """The whole prompt, up to where the answer begins: text and media in order.

        Texts that follow one another are to be tokenised apart.

        Raises: EngineFailed, when the template refuses the messages or loses their media.
        """
        media = [
            part for message in messages for part in message.parts if not isinstance(part, str)
        ]
        texts = self._render(messages, tools).split(self._mark)
        if len(texts) != len(media) + 1:
            raise EngineFailed(
                f"The chat template of {self._model} has no place for {len(media)} image(s)"
                " or recording(s) in these messages.",
                model=self._model,
                hint="Put media into the message of the user.",
            )
        prompt: list[Part] = [*self._guard.pieces(texts[0])]
        for item, text in zip(media, texts[1:], strict=True):
            prompt += [item, *self._guard.pieces(text)]
        return [part for part in prompt if part != ""]

    def _render(self, messages: Sequence[Message], tools: Sequence[Tool]) -> str:
        turns = [self._turn(message) for message in messages]
        functions = [self._guard.guarded(_function(tool)) for tool in tools]
        with self._errors(), template_limits():
            if self._splits_content is None:
                self._splits_content = not self._reads_plain_text()
            text = self._fill(turns, functions, split=self._splits_content)
        said = sum(len(part) for turn in messages for part in turn.parts if isinstance(part, str))
        if len(text) > said + RENDER_LIMIT_CHARACTERS:
            raise EngineFailed(
                f"The chat template of {self._model} made {len(text)} characters of {said}.",
                model=self._model,
                hint="Do not trust this file.",
            )
        return text

    def _turn(self, message: Message) -> dict[str, Any]:
        """A message in the form that templates know, from OpenAI's interface."""
        turn: dict[str, Any] = {"role": message.role, "content": self._content(message.parts)}
        calls = self._guard.guarded([_call(call) for call in message.tool_calls])
        if calls and self._lost_calls is not None:
            turn["content"] += self._lost_calls.written([call["function"] for call in calls])
        elif calls:
            turn["tool_calls"] = calls
        if message.role == "tool":
            result = {"name": message.tool_name, "tool_call_id": message.tool_call_id}
            turn |= self._guard.guarded(result)
        return turn

    def _content(self, parts: Sequence[Part]) -> str:
        """Text and marks of media. Texts that meet are one text, for the guard too."""
        texts = [[""]]
        for part in parts:
            if isinstance(part, str):
                texts[-1].append(part)
            else:
                texts.append([""])
        return self._mark.join(self._guard.guarded("".join(run)) for run in texts)

    def _reads_plain_text(self) -> bool:
        """Some templates only take content as a list of typed parts and drop plain text."""
        probe = [{"role": "user", "content": self._mark}]
        try:
            return self._mark in self._fill(probe, [], split=False)
        except (TemplateError, ValueError, TypeError):
            return False

    def _fill(self, turns: list[dict[str, Any]], functions: list[Any], *, split: bool) -> str:
        if split:
            turns = [
                turn | {"content": [{"type": "text", "text": turn["content"]}]} for turn in turns
            ]
        # Templates ask whether `tools` is defined.
        tools = {"tools": functions} if functions else {}
        return self._template.render(
            messages=turns,
            **tools,
            add_generation_prompt=True,
            raise_exception=_raise_exception,
            strftime_now=_strftime_now,
            **self._special_texts,
        )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        # A template can raise nearly anything: it is a program from a downloaded file.
        try:
            yield
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise EngineFailed(
                f"The chat template of {self._model} failed: {reason}",
                model=self._model,
                hint="Its conversation format may not allow these roles, or the file is damaged.",
            ) from error


def _function(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
        },
    }


def _call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": dict(call.arguments)}
    return {"id": call.id, "type": "function", "function": function}


class _GenerationTag(Extension):
    """`{% generation %}` marks answers for training; here it changes nothing."""

    tags = {"generation"}  # noqa: RUF012  # as Jinja declares it

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _environment() -> ImmutableSandboxedEnvironment:
    """Jinja as model authors expect it.

    Source: transformers, `utils/chat_template_utils.py`.
    """
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.loopcontrols", _GenerationTag],
    )
    environment.filters["tojson"] = _tojson
    return environment


def _tojson(value: object, indent: int | None = None, **_: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _raise_exception(message: str) -> NoReturn:
    raise ValueError(message)


def _strftime_now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)
