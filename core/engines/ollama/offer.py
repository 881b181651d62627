"""What an Ollama server offers, whatever is configured of it.

Owns the question; knows nothing of engines.
"""

from __future__ import annotations

from core.engines.offers import Offer
from core.engines.ollama.failures import FAILURES, model_error
from core.engines.ollama.served_model import require_server
from core.engines.ollama.server import OllamaServer
from core.engines.spec import EngineSpec
from core.errors import ModelUnavailable


def ollama_offer(spec: EngineSpec) -> Offer:
    """The version and the models of the server at `spec.base_url`.

    Raises: ModelUnavailable, when none answers there or one that is too old.
    """
    server = OllamaServer(
        spec.base_url,
        connect_timeout_s=spec.connect_timeout_s,
        read_timeout_s=spec.read_timeout_s,
    )
    version = require_server(server, spec.model)
    try:
        names = server.installed()
    except FAILURES as error:
        told = model_error(error, model=spec.model, remote="a list", base_url=server.base_url)
        raise ModelUnavailable(told.message, model=spec.model, hint=told.hint) from error
    return Offer(".".join(map(str, version)), names)
