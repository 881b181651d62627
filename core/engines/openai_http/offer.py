"""What an OpenAI-compatible server offers, whatever is configured of it.

Owns the question; knows nothing of engines.
"""

from __future__ import annotations

from core.engines.offers import Offer
from core.engines.openai_http.failures import FAILURES, unavailable
from core.engines.openai_http.opening import server_of
from core.engines.remote.exchange import Exchange
from core.engines.spec import EngineSpec


def openai_offer(spec: EngineSpec) -> Offer:
    """The models that the server at `spec.base_url` lists.

    Raises: ModelUnavailable, when none answers there, or not to this key.
    """
    try:
        models = server_of(spec).models(Exchange())
    except FAILURES as error:
        raise unavailable(error, spec) from error
    return Offer("", None if models is None else tuple(models))
