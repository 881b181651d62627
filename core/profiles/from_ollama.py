"""Which of a running Ollama's models serves which role.

Owns the choice, by the manifest's rules, and the patience of asking; knows nothing of how a
server is asked. Where no Ollama listens, this takes no time.
"""

from __future__ import annotations

import logging
import math
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.engines.offers import Catalogue, OfferedModel
from core.engines.spec import EngineSpec
from core.engines.table import catalogue_of
from core.errors import ModelUnavailable
from core.settings.manifest import OllamaChoice, load_manifest
from core.settings.models import ModelSettings
from core.settings.profiles import Role
from core.settings.schema import Settings
from core.settings.servers import OllamaSettings

PATIENCE_S = 0.3
"""For each question: Ollama answers them in milliseconds, even while it generates."""
WORKING_MB = 912
"""Beside the weights: the f16 cache of 4096 tokens of an 8B model, and Ollama's runner."""
CONTEXT_TOKENS = 4096
_PORTS = {"http": 80, "https": 443}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """A model of Ollama's: its name in the configuration, and its settings there."""

    name: str
    settings: ModelSettings


def served_by_ollama(roles: Sequence[Role], settings: Settings) -> dict[Role, Served]:
    """For each role the model that suits it best; none for roles that nothing suits.

    Empty when no Ollama answers. A model that the configuration knows keeps its name there.
    """
    if not listens(settings.ollama):
        return {}
    rules = load_manifest().ollama
    try:
        catalogue = catalogue_of(_spec(settings.ollama))
        chosen = {role: _best(catalogue, rules[role], settings) for role in roles}
        served = {
            role: _entry(model, rules[role], catalogue, settings)
            for role, model in chosen.items()
            if model is not None
        }
    except ModelUnavailable as error:
        logger.info("Nothing is taken of Ollama. %s", error)
        return {}
    logger.info("Ollama serves %s", {role: each.name for role, each in served.items()})
    return served


def sizes_in_ollama(settings: Settings) -> dict[str, int]:
    """Bytes of each configured model that Ollama has, by its name in the configuration."""
    configured = list(_configured(settings))
    if not configured or not listens(settings.ollama):
        return {}
    try:
        catalogue = catalogue_of(_spec(settings.ollama))
    except ModelUnavailable:
        return {}
    return {
        name: offered.size_bytes
        for name, known in configured
        for offered in catalogue.models
        if catalogue.is_named(offered, known.ollama_model or "")
    }


def listens(ollama: OllamaSettings) -> bool:
    """Whether anybody does at its address; asked before anything of a client is imported."""
    base = ollama.base_url if "://" in ollama.base_url else f"http://{ollama.base_url}"
    try:
        parts = urlsplit(base)
        address = (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 80))
        socket.create_connection(address, timeout=min(PATIENCE_S, ollama.connect_timeout_s)).close()
    except (OSError, ValueError):
        return False
    return True


def _spec(ollama: OllamaSettings) -> EngineSpec:
    return EngineSpec(
        model="ollama",
        engine="ollama",
        context_tokens=0,
        threads=1,
        base_url=ollama.base_url,
        connect_timeout_s=min(PATIENCE_S, ollama.connect_timeout_s),
        read_timeout_s=PATIENCE_S,
    )


def _best(catalogue: Catalogue, rule: OllamaChoice, settings: Settings) -> OfferedModel | None:
    fitting = [model for model in catalogue.models if _fits(model, rule, settings)]
    ranked = sorted(fitting, key=lambda model: _rank(model, rule))
    return next((m for m in ranked if catalogue.can(m.name, rule.capability)), None)


def _fits(model: OfferedModel, rule: OllamaChoice, settings: Settings) -> bool:
    billions = model.parameters / 1e9
    return (
        billions > 0
        and rule.least <= billions <= rule.most
        and _need_mb(model) <= settings.runtime.models_budget_mb
    )


def _rank(model: OfferedModel, rule: OllamaChoice) -> tuple[bool, float, str]:
    distance = abs(math.log(model.parameters / 1e9 / rule.ideal))
    return (model.family not in rule.families, distance, model.name)


def _need_mb(model: OfferedModel) -> int:
    return math.ceil(model.size_bytes / 2**20) + WORKING_MB


def _entry(
    model: OfferedModel, rule: OllamaChoice, catalogue: Catalogue, settings: Settings
) -> Served:
    embeddings = rule.capability == "embedding"
    for name, known in _configured(settings):
        if known.embeddings == embeddings and catalogue.is_named(model, known.ollama_model or ""):
            return Served(name, known)
    made = ModelSettings(  # type: ignore[call-arg]  # defaults by Field
        name=f"{model.name} (Ollama)",
        engine="ollama",
        ollama_model=model.name,
        context_length=CONTEXT_TOKENS,
        max_memory_mb=_need_mb(model),
        embeddings=embeddings,
    )
    return Served(_name_for(model, settings.models), made)


def _configured(settings: Settings) -> Iterator[tuple[str, ModelSettings]]:
    return ((name, each) for name, each in settings.models.items() if each.engine == "ollama")


def _name_for(model: OfferedModel, taken: Mapping[str, ModelSettings]) -> str:
    name = "ollama_" + re.sub(r"[^A-Za-z0-9.]+", "_", model.name.removesuffix(":latest"))
    while name in taken:
        name += "_"
    return name
