"""Who answers what, as far as the user says so.

Owns the types of the routing; what stands where nothing is said, the profiles tell.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.settings.profiles import Role
from core.settings.section import Section

Fraction = Annotated[float, Field(ge=0, le=1)]


class Variant(Section):
    """Which model serves one modality or route, and how; without `model` the profile's.

    `auto_unload_after_seconds` overrides the model's ttl_seconds; `permanent` must agree
    with the model's own; `threshold` is the score above which the route is taken.
    """

    model: str | None = None
    permanent: bool | None = None
    auto_unload_after_seconds: float | None = Field(None, gt=0)
    threshold: Fraction | None = None


class MultimodalVariants(Section):
    audio: Variant = Variant()  # type: ignore[call-arg]
    vision: Variant = Variant()  # type: ignore[call-arg]
    empathy: Variant = Variant()  # type: ignore[call-arg]


class TextVariants(Section):
    """`rag` names the model that answers from documents."""

    expert: Variant = Variant()  # type: ignore[call-arg]
    tiny: Variant = Variant()  # type: ignore[call-arg]
    rag: Variant = Variant()  # type: ignore[call-arg]


class RoutingSettings(Section):
    """Who answers what. The thresholds of a route stand with its variant."""

    multimodal_variant_selection: MultimodalVariants = MultimodalVariants()
    text_variant_selection: TextVariants = TextVariants()
    embeddings_model: str | None = None  # without one the profile's
    doc_match_threshold: Fraction = 0.5

    def named(self, role: Role) -> str | None:
        """The model that the user names for `role`; None when the profile decides."""
        return self.embeddings_model if role == "embeddings" else self.variants()[role].model

    def variants(self) -> dict[Role, Variant]:
        """Of every role that has one."""
        media, text = self.multimodal_variant_selection, self.text_variant_selection
        return {
            "expert": text.expert,
            "tiny": text.tiny,
            "rag": text.rag,
            "audio": media.audio,
            "empathy": media.empathy,
            "vision": media.vision,
        }

    def key(self, role: Role) -> tuple[str, ...]:
        """Where a user names the model of `role`."""
        if role == "embeddings":
            return ("routing", "embeddings_model")
        media = role in MultimodalVariants.model_fields
        section = "multimodal_variant_selection" if media else "text_variant_selection"
        return ("routing", section, role, "model")
