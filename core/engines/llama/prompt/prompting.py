"""Messages to the tokens and media that the model will see.

Owns the model's chat template and what a prompt may hold; knows nothing of answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from core.engines.llama.native.media import MediaPrompt, MediaTower
from core.engines.llama.native.model import NativeModel
from core.engines.llama.prompt.chat_template import ChatTemplate
from core.engines.llama.tools.formats import ToolFormat, tool_format
from core.engines.protocol import Message, Part, Tool
from core.errors import ContextOverflow, EngineFailed, ModelLacksModality
from core.media.content import AudioClip, RgbImage

Prompt = list[int] | MediaPrompt
"""Tokens alone, or tokens and media; `len` of either is what it takes of the context."""


class Prompting:
    """Makes prompts for one model, with its media tower if it has one."""

    def __init__(self, model: NativeModel, tower: MediaTower | None) -> None:
        self._model = model
        self._tower = tower
        self._template: ChatTemplate | None = None

    @contextmanager
    def prompt(
        self, messages: Sequence[Message], tools: Sequence[Tool] = (), opening: str = ""
    ) -> Iterator[Prompt]:
        """`messages` as the model will see them, up to where its answer begins.

        Args:
            tools: what the model is told that it may call.
            opening: markup that the answer begins with.

        Raises: ModelLacksModality, EngineFailed.
        """
        self._check_modalities(messages)
        parts = self._rendered(messages, tools)
        if opening:
            parts = _continued(parts, opening)
        texts = [part for part in parts if isinstance(part, str)]
        if self._tower is None or len(texts) == len(parts):
            yield self._model.vocabulary.tokenize_pieces(texts or [""])
        else:
            with closing(self._tower.tokenize(parts)) as media_prompt:
                yield media_prompt

    def check_fits(self, prompt: Prompt) -> None:
        """Raises: ContextOverflow, when no room is left for an answer; EngineFailed, when
        there is nothing to answer to."""
        if len(prompt) == 0:
            raise EngineFailed(
                f"The chat template of {self._model.name} made an empty prompt.",
                model=self._model.name,
                hint="Send at least one message with text.",
            )
        if len(prompt) >= self._model.context_tokens:
            raise ContextOverflow(
                model=self._model.name,
                prompt_tokens=len(prompt),
                context_tokens=self._model.context_tokens,
            )

    @property
    def tool_format(self) -> ToolFormat | None:
        """How the model writes tool calls; None when it has no way that is known."""
        return tool_format(self._model.chat_template() or "")

    @property
    def _chat_template(self) -> ChatTemplate:
        if self._template is None:
            self._template = self._open_template()
        return self._template

    def _rendered(self, messages: Sequence[Message], tools: Sequence[Tool]) -> list[Part]:
        parts = self._chat_template.render(messages, tools)
        vocabulary = self._model.vocabulary
        # Tokenising adds BOS where the model wants it; a template may have written it too.
        if parts and isinstance(parts[0], str) and vocabulary.adds_bos:
            parts[0] = parts[0].removeprefix(vocabulary.bos_text)
        return parts

    def _open_template(self) -> ChatTemplate:
        source = self._model.chat_template()
        if source is None:
            raise EngineFailed(
                f"The file of {self._model.name} has no chat template, so it cannot converse.",
                model=self._model.name,
                hint="Choose an instruction-tuned model.",
            )
        return ChatTemplate(
            source,
            model=self._model.name,
            bos_token=self._model.vocabulary.bos_text,
            eos_token=self._model.vocabulary.eos_text,
            guard=self._model.vocabulary.guard,
        )

    def _check_modalities(self, messages: Sequence[Message]) -> None:
        for part in (part for message in messages for part in message.parts):
            if isinstance(part, RgbImage) and not (self._tower and self._tower.vision):
                raise self._lacks("look at images")
            if isinstance(part, AudioClip) and not (self._tower and self._tower.audio):
                raise self._lacks("listen to recordings")

    def _lacks(self, what: str) -> ModelLacksModality:
        return ModelLacksModality(
            f"{self._model.name} cannot {what}.",
            model=self._model.name,
            hint="Use a model that can; `mmproj_file` must name its projector.",
        )


def _continued(parts: list[Part], opening: str) -> list[Part]:
    """`parts` with more markup at their end."""
    *others, last = parts or [""]
    return [*others, last + opening] if isinstance(last, str) else [*parts, opening]
