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
from typing import NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.engines.llama.time_limit import processor_time_limit
from core.engines.protocol import Message, Part
from core.errors import EngineFailed

RENDER_LIMIT_S = 2.0
"""Processor time for compiling or rendering; a real template needs milliseconds."""


class ChatTemplate:
    """Renders messages the way the model was trained to read them.

    Args:
        source: the template's Jinja text.
        model: the model's name, for errors.
        bos_token, eos_token: spelled out, as templates refer to them; empty for none.

    Raises: EngineFailed, when the template has a syntax error.
    """

    def __init__(self, source: str, *, model: str, bos_token: str, eos_token: str) -> None:
        self._model = model
        self._special_texts = {"bos_token": bos_token, "eos_token": eos_token}
        # Unguessable, so that no text of a user can pass for a picture.
        self._mark = f"<media:{secrets.token_hex(16)}>"
        self._splits_content: bool | None = None
        with self._errors(), processor_time_limit(RENDER_LIMIT_S):
            self._template = _environment().from_string(source)

    def render(self, messages: Sequence[Message]) -> list[Part]:
        """The whole prompt, up to where the answer begins: text and media in order.

        Raises: EngineFailed, when the template refuses the messages or loses their media.
        """
        media = [
            part for message in messages for part in message.parts if not isinstance(part, str)
        ]
        texts = self._render(messages).split(self._mark)
        if len(texts) != len(media) + 1:
            raise EngineFailed(
                f"The chat template of {self._model} has no place for {len(media)} image(s)"
                " or recording(s) in these messages.",
                model=self._model,
                hint="Put media into the message of the user.",
            )
        prompt: list[Part] = [texts[0]]
        for item, text in zip(media, texts[1:], strict=True):
            prompt += [item, text]
        return [part for part in prompt if part != ""]

    def _render(self, messages: Sequence[Message]) -> str:
        turns = [(message.role, self._content(message.parts)) for message in messages]
        with self._errors(), processor_time_limit(RENDER_LIMIT_S):
            if self._splits_content is None:
                self._splits_content = not self._reads_plain_text()
            return self._fill(turns, split=self._splits_content)

    def _content(self, parts: Sequence[Part]) -> str:
        return "".join(part if isinstance(part, str) else self._mark for part in parts)

    def _reads_plain_text(self) -> bool:
        """Some templates only take content as a list of typed parts and drop plain text."""
        probe = [("user", self._mark)]
        try:
            return self._mark in self._fill(probe, split=False)
        except (TemplateError, ValueError, TypeError):
            return False

    def _fill(self, turns: Sequence[tuple[str, str]], *, split: bool) -> str:
        content = [
            {"role": role, "content": [{"type": "text", "text": text}] if split else text}
            for role, text in turns
        ]
        return self._template.render(
            messages=content,
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
            raise EngineFailed(
                f"The chat template of {self._model} failed: {error}",
                model=self._model,
                hint="Its conversation format may not allow these roles, or the file is damaged.",
            ) from error


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
