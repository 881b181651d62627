"""The configured Ollama: whether it answers, its version and its models."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.finding import Finding, ok, warn
from core.doctor.programs import find
from core.doctor.servers import ollama_spec
from core.doctor.surroundings import Surroundings
from core.engines.table import offer_of
from core.errors import ModelUnavailable
from core.profiles.from_ollama import listens
from core.settings import Settings
from core.settings.addresses import is_this_machine
from core.settings.profiles import FROM_OLLAMA, ROLES

ANY_MODEL = "qwen3:4b"
"""A model that serves every text role, for whoever wants none by name."""


def check_ollama(around: Surroundings) -> Iterator[Finding]:
    settings = around.sound_settings
    wanted = list(_wanted(settings))
    base_url = settings.ollama.base_url
    if not is_this_machine(base_url):
        yield ok(f"{base_url} is another machine, which is not asked")
        return
    try:
        offer = offer_of(ollama_spec(settings))
    except ModelUnavailable as error:
        if wanted:
            yield warn(error.message, _start(around, wanted[0], error.hint))
        elif listens(settings.ollama):
            yield warn(error.message, error.hint)
        else:
            yield ok(f"{error.message.rstrip('.')}, and no configured model needs it")
        return
    models = ", ".join(offer.models or ()) or "no models"
    yield ok(f"version {offer.version} at {base_url}, with {models}")


def _wanted(settings: Settings) -> Iterator[str]:
    """Ollama's names of the models that shall serve, and of those that no profile knows. A
    profile that takes what is here wants none, and one that takes all of Ollama any."""
    serving = {name for role in ROLES for name in settings.chain(role)}
    for name, model in settings.models.items():
        if model.ollama_model and (name in serving or name not in settings.in_profiles):
            yield model.ollama_model
    profile = settings.profiles.get(settings.runtime.profile)
    if profile and not profile.skip_missing:
        yield from (ANY_MODEL for role in ROLES if FROM_OLLAMA in profile.listed(role))


def _start(around: Surroundings, model: str, hint: str) -> str:
    if find("ollama", around.environ):
        return hint
    return (
        f"Install it (https://ollama.com/download), then: ollama pull {model}. Without it, the "
        "fallbacks of its models answer."
    )
