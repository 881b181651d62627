"""The configured Ollama: whether it answers, its version and its models."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.finding import Finding, ok, warn
from core.doctor.programs import find
from core.doctor.servers import ollama_spec
from core.doctor.surroundings import Surroundings
from core.engines.table import offer_of
from core.errors import ModelUnavailable
from core.settings.addresses import is_this_machine


def check_ollama(around: Surroundings) -> Iterator[Finding]:
    settings = around.sound_settings
    wanted = [model.ollama_model for model in settings.models.values() if model.ollama_model]
    base_url = settings.ollama.base_url
    if not is_this_machine(base_url):
        yield ok(f"{base_url} is another machine, which is not asked")
        return
    try:
        offer = offer_of(ollama_spec(settings))
    except ModelUnavailable as error:
        if wanted:
            yield warn(error.message, _start(around, wanted[0], error.hint))
        else:
            yield ok(f"{error.message.rstrip('.')}, and no configured model needs it")
        return
    models = ", ".join(offer.models or ()) or "no models"
    yield ok(f"version {offer.version} at {base_url}, with {models}")


def _start(around: Surroundings, model: str, hint: str) -> str:
    if find("ollama", around.environ):
        return hint
    return (
        f"Install it (https://ollama.com/download), then: ollama pull {model}. Without it, the "
        "fallbacks of its models answer."
    )
