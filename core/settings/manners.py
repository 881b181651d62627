"""How answers sound, and whether SARAi learns from what is said of them.

Owns the sections `voice`, `emotion` and `feedback`.
"""

from __future__ import annotations

from pydantic import Field

from core.settings.section import Section


class VoiceSettings(Section):
    """`route_transcript`: send what was heard through the text routing instead of omni."""

    route_transcript: bool = False
    speak: bool = True


class EmotionSettings(Section):
    """`intensity`: how far a feeling moves tone, opening words and voice, 0 (not) to 1."""

    enabled: bool = True
    intensity: float = Field(1.0, ge=0, le=1)


class FeedbackSettings(Section):
    """`explore_share`: of the turns where several models could answer, so many are given to one
    of them by lot, so that they can be compared."""

    enabled: bool = True
    explore_share: float = Field(0.0, ge=0, le=0.5)
