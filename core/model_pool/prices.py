"""The price of a configured model's tokens, so that models can be compared by cost.

Owns the way from the configuration to a price; knows nothing of how one is charged.
"""

from __future__ import annotations

from core.engines.prices import TokenPrice
from core.settings.addresses import is_this_machine
from core.settings.models import ModelSettings
from core.settings.schema import Settings


def token_price(model: ModelSettings, settings: Settings) -> TokenPrice | None:
    """As configured; else 0 for what this machine runs; else None, which is: not known."""
    per_input = model.price_per_million_input_tokens
    per_output = model.price_per_million_output_tokens
    if per_input is not None and per_output is not None:
        cached = model.price_per_million_cached_tokens
        return TokenPrice(model.price_currency, per_input, per_output, cached)
    if _runs_here(model, settings):
        return TokenPrice(model.price_currency, 0.0, 0.0)
    return None


def _runs_here(model: ModelSettings, settings: Settings) -> bool:
    if model.engine == "openai_http":
        return not settings.openai.servers[model.openai_server or ""].leaves_this_machine
    return model.engine == "llama" or is_this_machine(settings.ollama.base_url)
