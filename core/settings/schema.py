"""The configuration's types: what may be written in sarai.yaml.

Owns names, types and defaults; knows nothing of files or the environment (`loading`), nor
of what must agree between sections (`checks`). Everything is immutable; unknown keys are
refused.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core.settings.addresses import server_address
from core.settings.profiles import FROM_OLLAMA, ROLES, Profile, Role
from core.settings.routing import Fraction, RoutingSettings
from core.settings.secrets import variable
from core.settings.section import Section
from core.settings.workflow import WorkflowSettings
from core.state import DeveloperTask, Task

KvCacheType = Literal["f16", "q8_0", "q4_0"]
Priority = Literal["low", "normal", "high"]
TtlPolicy = Literal["strict", "pressure"]
EngineName = Literal["llama", "ollama", "openai_http"]
Modality = Literal["image", "audio"]
Price = Annotated[float, Field(ge=0)] | None
StrategyName = Literal["balanced", "quality", "fast", "low_ram", "single", "auto"]


def with_home(path: Path) -> Path:
    """`~` and `~user` replaced; a user that is not there leaves the path as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  # Path.expanduser raises then


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$"), AfterValidator(str.lower)]
UserPath = Annotated[Path, AfterValidator(with_home)]

AUTO_MAX_TOKENS, AUTO_TEMPERATURE = 512, 0.7  # where a question says nothing of either


class RuntimeSettings(Section):
    """The machine that SARAi may use, and the profile of models that it uses there.

    `budget_mb` is all memory, the system's own `system_reserve_mb` included; models share
    the rest. `device_budget_mb` is what they may take of the GPUs' memory, "auto" what was free
    when the first of them asked for a GPU. `admission_timeout_s` is how long a request waits for
    memory that is in use. `pool_trace` is a file to record which models are asked for and when.
    """

    profile: str = "auto"  # an entry of profiles
    budget_mb: int = Field(16_384, gt=0)
    system_reserve_mb: int = Field(2_048, ge=0)
    threads: int | Literal["auto"] = "auto"
    gpu_layers: int = Field(0, ge=-1)
    device_budget_mb: Annotated[int, Field(ge=0)] | Literal["auto"] = "auto"
    admission_timeout_s: float = Field(30.0, ge=0)
    pool_trace: UserPath | None = None

    def thread_count(self) -> int:
        """Threads for one model: as configured, else the cores this process may use."""
        if self.threads != "auto":
            return max(1, self.threads)
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1

    @property
    def models_budget_mb(self) -> int:
        return self.budget_mb - self.system_reserve_mb


class ModelSettings(Section):
    """One model. What the keys do is said beside each, and tested.

    A `llama` model names `gguf_file` (and `mmproj_file` for images or audio), an `ollama`
    model names `ollama_model`, an `openai_http` model names `openai_server` and
    `openai_model`.
    """

    name: str  # for people
    licence: str | None = None  # for people
    engine: EngineName = "llama"
    repo_id: str | None = None  # where the files come from
    gguf_file: UserPath | None = None  # relative to paths.models, or absolute
    sha256: Sha256 | None = None  # of gguf_file; checked when the file is new or changed
    mmproj_file: UserPath | None = None
    mmproj_sha256: Sha256 | None = None
    ollama_model: str | None = None
    openai_server: str | None = None  # an entry of openai.servers
    openai_model: str | None = None
    openai_modalities: tuple[Modality, ...] = ()  # servers do not tell what a model takes
    embedded: bool = False  # its files came with SARAi
    context_length: int = Field(4096, ge=256)  # tokens, prompt and answer together
    gpu_layers: int | None = Field(None, ge=-1)  # as runtime.gpu_layers, for this model
    image_max_tokens: int | None = Field(None, ge=4)  # in place of media.image_max_tokens
    max_tokens: int | None = Field(None, ge=1)  # its answers are never longer
    temperature: float | None = Field(None, ge=0, le=2)  # in place of generation.temperature
    kv_cache_type: KvCacheType = "f16"  # how the context is kept: f16 is exact, q8_0 half of it
    max_memory_mb: int | None = Field(None, gt=0)  # refuse to load when it would need more
    permanent: bool = False  # never evicted
    load_on_startup: bool = False
    ttl_seconds: float | None = Field(None, gt=0)  # unload after this long unused
    ttl_policy: TtlPolicy = "strict"  # pressure: then only when memory is short
    priority: Priority = "normal"  # lower leaves first, higher is loaded first
    embeddings: bool = False
    query_prefix: str = ""  # of embeddings: put before a question
    document_prefix: str = ""  # of embeddings: before a passage; {title} becomes its heading
    # Of embeddings: what they weigh next to words in a question of the language; 0 for one
    # that the model does not know.
    alpha_es: Fraction = 0.7
    alpha_en: Fraction = 0.7
    fallback: str | None = None  # the model to try when this one fails
    strengths: tuple[str, ...] = ()  # tasks it is good at; other words are for people
    weaknesses: tuple[str, ...] = ()  # tasks it should not be given
    quality_rating: float | None = Field(None, ge=1, le=10)  # declared; outcomes move it
    price_per_million_input_tokens: Price = None
    price_per_million_cached_tokens: Price = None  # of the input, where it was remembered
    price_per_million_output_tokens: Price = None
    price_currency: str = Field("USD", pattern="^[A-Z]{3}$")

    @model_validator(mode="after")
    def _names_its_weights(self) -> Self:
        if self.engine == "ollama" and not self.ollama_model:
            raise ValueError("an ollama model needs ollama_model")
        if self.engine == "openai_http" and not (self.openai_server and self.openai_model):
            raise ValueError("an openai_http model needs openai_server and openai_model")
        if self.engine == "llama" and not self.gguf_file:
            raise ValueError("a llama model needs gguf_file")
        if (self.sha256 and not self.gguf_file) or (self.mmproj_sha256 and not self.mmproj_file):
            raise ValueError("a checksum needs the file that it is of")
        return self

    @model_validator(mode="after")
    def _has_both_prices_or_none(self) -> Self:
        prices = (self.price_per_million_input_tokens, self.price_per_million_output_tokens)
        if prices.count(None) == 1:
            raise ValueError("a price needs input and output tokens; 0 is a price too")
        return self


class SelectionSettings(Section):
    """Which model is chosen for a task, where the caller asks for a choice.

    `strategies` are tables of task -> model, over the shipped ones of the same name.
    """

    strategy: str = "balanced"
    model_override: str | None = None  # this model for every task
    fallback_model: str | None = None  # when the table's model cannot be used
    strategies: dict[str, dict[Task | DeveloperTask, str]] = Field(default_factory=dict)


class MediaSettings(Section):
    """Limits on what is looked at, so that no input can exhaust the machine."""

    max_file_mb: float = Field(20.0, gt=0)
    max_pixels: int = Field(50_000_000, gt=0)
    max_side_px: int = Field(16_384, gt=0)
    image_max_tokens: int = Field(1_280, ge=64)
    image_min_tokens: int = Field(64, ge=4)
    frame_max_tokens: int = Field(256, ge=16)
    video_max_frames: int = Field(64, ge=1)
    video_fps: float = Field(2.0, gt=0)
    audio_max_s: float = Field(300.0, gt=0)
    allowed_folders: tuple[UserPath, ...] = ()  # empty: any folder the user can read


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


class DeveloperSettings(Section):
    """What a check of the developer agent's may take, and what it may read."""

    check_timeout_s: float = Field(60.0, gt=0)
    memory_mb: int = Field(2_048, ge=64)
    processes: int = Field(256, ge=8)
    workspace_mb: int = Field(512, ge=1)
    readable_folders: tuple[UserPath, ...] = ()  # tools outside the system's folders


class OllamaSettings(Section):
    base_url: str = "http://127.0.0.1:11434"
    connect_timeout_s: float = Field(0.5, gt=0)
    read_timeout_s: float = Field(300.0, gt=0)


class OpenAIServer(Section):
    """A server. Whoever points at another machine says so with `leaves_this_machine`.

    `api_key_env` is the name of an environment variable; no key stands in a file.
    """

    base_url: Annotated[str, AfterValidator(server_address)]
    api_key_env: Annotated[str, AfterValidator(variable)] | None = None
    leaves_this_machine: bool = False
    connect_timeout_s: float = Field(5.0, gt=0)
    read_timeout_s: float = Field(300.0, gt=0)


class OpenAISettings(Section):
    """Servers of any make that speak OpenAI's API; only models that name one ask it."""

    servers: dict[str, OpenAIServer] = Field(default_factory=dict)


class RetrievalSettings(Section):
    """Documents to answer from.

    `folder` is kept up to date by itself; what `sarai index` was given is there as well.
    `rerank_model` is one whose file scores documents; it gets `rerank_timeout_s` for a search.
    Vectors lie in the data folder, or on the Qdrant server at `qdrant_url`. Without `searxng_url`
    nothing is looked up on the web.
    """

    folder: UserPath | None = None
    top_k: int = Field(4, ge=1)
    fusion: Literal["weighted", "rrf", "dbsf"] = "weighted"
    rerank_model: str | None = None
    rerank_timeout_s: float = Field(5.0, gt=0)
    qdrant_url: Annotated[str, AfterValidator(server_address)] | None = None
    searxng_url: Annotated[str, AfterValidator(server_address)] | None = None
    qdrant_collection: str = Field("sarai", min_length=1)
    qdrant_api_key_env: Annotated[str, AfterValidator(variable)] | None = None


class MemorySettings(Section):
    """What is remembered of a person, and comes back.

    `enabled`: facts that they asked to be remembered. `turns`: also what is said in
    conversations, as long as the conversation is kept. `top_k`: how many memories a model is
    shown at the most.
    """

    enabled: bool = True
    turns: bool = False
    top_k: int = Field(4, ge=1)


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
