"""A prompt made to fit: into the model's context, and into the phase's own token budget.

Owns what gives way when it does not; knows nothing of what the words mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.engines.protocol import Engine, Message
from core.workflow.prompts import Prompt

Fitted = tuple[tuple[Message, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FittedPrompt:
    """Makes the messages of a phase for whichever model is asked.

    Outputs of earlier phases are shortened, the longest first, until all of it fits. The task
    never is: where it alone is too long, the engine says so (ContextOverflow).

    Args:
        prompt_tokens: the most that the prompt may take; None: what the context holds.
        loaded: told once the model is there and before it is asked.
    """

    prompt: Prompt
    prompt_tokens: int | None
    loaded: Callable[[str], None]

    def __call__(self, engine: Engine, max_tokens: int) -> Fitted:
        """As `agents.agent.Compose`."""
        self.loaded(engine.model)
        room = engine.context_tokens - max_tokens
        if self.prompt_tokens is not None:
            room = min(room, self.prompt_tokens)
        if engine.count_tokens(self._messages(None)) <= room:
            return self._messages(None), ()
        longest = self._longest(engine, room)
        return self._messages(longest), tuple(self._notices(longest))

    def _longest(self, engine: Engine, room: int) -> int:
        """How many characters each output may keep; 0 when not even that is little enough."""
        fits, too_many = 0, max((len(each.text) for each in self.prompt.sections), default=0)
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            if engine.count_tokens(self._messages(middle)) <= room:
                fits = middle
            else:
                too_many = middle
        return fits

    def _messages(self, longest: int | None) -> tuple[Message, ...]:
        return (
            Message.text("system", self.prompt.system),
            Message.text("user", self.prompt.user_text(longest)),
        )

    def _notices(self, longest: int) -> list[str]:
        return [
            f"Of the {len(each.text)} characters of {each.name}, {longest} were shown."
            for each in self.prompt.sections
            if len(each.text) > longest
        ]
