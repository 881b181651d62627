"""Documents to answer from, and the web.

Owns the section `retrieval`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from core.settings.addresses import server_address
from core.settings.secrets import variable
from core.settings.section import Section
from core.settings.user_path import UserPath


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
