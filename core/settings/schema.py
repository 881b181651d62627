"""The whole configuration: what may be written in sarai.yaml.

Owns which sections there are, `paths`, and the chains of models that follow from several of them;
the other sections live in files of their own beside this one. Knows nothing of files or the
environment (`loading`), nor of what must agree between sections (`checks`). Everything is
immutable; unknown keys are refused.
"""

from __future__ import annotations

from pydantic import Field

from core.settings.developer import DeveloperSettings
from core.settings.generation import GenerationSettings
from core.settings.manners import EmotionSettings, FeedbackSettings, VoiceSettings
from core.settings.media import MediaSettings
from core.settings.models import ModelSettings
from core.settings.profiles import FROM_OLLAMA, ROLES, Profile, Role
from core.settings.remembering import AnswerCacheSettings, MemorySettings
from core.settings.retrieval import RetrievalSettings
from core.settings.routing import RoutingSettings
from core.settings.runtime import RuntimeSettings
from core.settings.section import Section
from core.settings.selection import SelectionSettings
from core.settings.servers import OllamaSettings, OpenAISettings
from core.settings.user_path import UserPath
from core.settings.workflow import WorkflowSettings


class PathSettings(Section):
    """`models`: where GGUF files lie; by default the data folder's `models`."""

    models: UserPath | None = None


class Settings(Section):
    """The whole configuration."""

    runtime: RuntimeSettings = RuntimeSettings()  # type: ignore[call-arg]  # defaults by Field
    profiles: dict[str, Profile] = Field(default_factory=dict)
    models: dict[str, ModelSettings]
    routing: RoutingSettings = RoutingSettings()
    selection: SelectionSettings = SelectionSettings()
    workflow: WorkflowSettings = WorkflowSettings()  # type: ignore[call-arg]
    media: MediaSettings = MediaSettings()  # type: ignore[call-arg]
    generation: GenerationSettings = GenerationSettings()  # type: ignore[call-arg]
    ollama: OllamaSettings = OllamaSettings()  # type: ignore[call-arg]
    developer: DeveloperSettings = DeveloperSettings()  # type: ignore[call-arg]
    openai: OpenAISettings = OpenAISettings()
    retrieval: RetrievalSettings = RetrievalSettings()  # type: ignore[call-arg]
    memory: MemorySettings = MemorySettings()  # type: ignore[call-arg]
    voice: VoiceSettings = VoiceSettings()
    emotion: EmotionSettings = EmotionSettings()  # type: ignore[call-arg]
    feedback: FeedbackSettings = FeedbackSettings()  # type: ignore[call-arg]
    answer_cache: AnswerCacheSettings = AnswerCacheSettings()  # type: ignore[call-arg]
    paths: PathSettings = PathSettings()

    def picture_tokens(self, model: str) -> int:
        """The most tokens that `model` sees one picture in."""
        own = self.models[model].image_max_tokens
        return self.media.image_max_tokens if own is None else own

    def chain(self, role: Role, wished: str | None = None) -> tuple[str, ...]:
        """The models to ask for `role`, in order.

        One that is wished or that the user names comes first, then its fallbacks, and where a
        profile knows it for this role, the embedded ones that stand there too. Else it is the
        profile's.
        """
        named = wished or self.routing.named(role)
        if named is None:
            return self.profile_chain(self.runtime.profile, role)
        return tuple(dict.fromkeys((*self.fallback_chain(named), *self._stand_ins(role, named))))

    def _stand_ins(self, role: Role, named: str) -> list[str]:
        tables = [profile.listed(role) for profile in self.profiles.values()]
        listed = (name for table in tables if named in table for name in table)
        return [name for name in listed if name != FROM_OLLAMA and self.models[name].embedded]

    def profile_chain(self, profile: str, role: Role) -> tuple[str, ...]:
        """The models of a profile's table for `role`, each with its fallbacks behind it."""
        listed = (name for name in self.profiles[profile].listed(role) if name != FROM_OLLAMA)
        return tuple(dict.fromkeys(m for name in listed for m in self.fallback_chain(name)))

    @property
    def in_profiles(self) -> frozenset[str]:
        """Every model that some profile knows."""
        return frozenset(
            model
            for profile in self.profiles
            for role in ROLES
            for model in self.profile_chain(profile, role)
        )

    def fallback_chain(self, model: str) -> tuple[str, ...]:
        """`model` and everything to try after it, in order."""
        chain = [model]
        while (following := self.models[chain[-1]].fallback) is not None:
            chain.append(following)
        return tuple(chain)
