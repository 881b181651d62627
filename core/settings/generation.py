"""How long and how warm answers are.

Owns the section `generation`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.settings.section import Section

AUTO_MAX_TOKENS, AUTO_TEMPERATURE = 512, 0.7  # where a question says nothing of either


class GenerationSettings(Section):
    """`auto` is what the question asks for: its difficulty sets the length, its skill the
    temperature. A figure is for every question.
    """

    max_tokens: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    temperature: Annotated[float, Field(ge=0, le=2)] | Literal["auto"] = "auto"
    top_p: float = Field(0.95, gt=0, le=1)

    def tokens(self, wanted: int | None) -> int:
        """The longest answer, where the question wants `wanted` (None: it does not say)."""
        return (wanted or AUTO_MAX_TOKENS) if self.max_tokens == "auto" else self.max_tokens

    def warmth(self, wanted: float | None) -> float:
        """The temperature, where the question wants `wanted` (None: it does not say)."""
        if self.temperature != "auto":
            return self.temperature
        return AUTO_TEMPERATURE if wanted is None else wanted
