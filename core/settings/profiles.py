"""What a model is used for, and the tables that say which models a profile tries for it.

Owns the roles and the type of a table; which table is in force, and what the user puts in its
place, is told by `schema.Settings.chain`.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from core.settings.section import Section

Role = Literal["expert", "tiny", "rag", "audio", "empathy", "vision", "embeddings"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
FROM_OLLAMA: Final = "ollama"
"""In a table: the model that a running Ollama has for the role."""


class Profile(Section):
    """For each role the models to ask, in order, each with its own fallbacks behind it.

    `skip_missing`: what is not here is left out without a word.
    """

    skip_missing: bool = False
    expert: tuple[str, ...] = ()
    tiny: tuple[str, ...] = ()
    rag: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()
    empathy: tuple[str, ...] = ()
    vision: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()

    def listed(self, role: Role) -> tuple[str, ...]:
        """As written, FROM_OLLAMA among them."""
        names: tuple[str, ...] = getattr(self, role)
        return names
