"""A model, as it is configured.

Owns the sections below `models`; whether its files are there and fit nobody here knows.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core.settings.routing import Fraction
from core.settings.section import Section
from core.settings.user_path import UserPath

KvCacheType = Literal["f16", "q8_0", "q4_0"]
Priority = Literal["low", "normal", "high"]
TtlPolicy = Literal["strict", "pressure"]
EngineName = Literal["llama", "ollama", "openai_http"]
Modality = Literal["image", "audio"]
Price = Annotated[float, Field(ge=0)] | None
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$"), AfterValidator(str.lower)]


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
    history_turns: int | None = Field(None, ge=0)  # of a conversation it sees the newest
    quotes_passages: bool = False  # too small to word them: from documents SARAi quotes instead
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
