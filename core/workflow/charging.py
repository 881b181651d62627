"""The money that answers cost.

Owns the sum over several models; prices are configured, and none is known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.agent import Answer
from core.engines.prices import cost
from core.model_pool.prices import token_price
from core.settings import Settings

NO_CURRENCY = "USD"
"""Of what costs nothing."""


def charge(answers: Sequence[Answer], settings: Settings) -> tuple[float | None, str]:
    """What all of them cost together, and in which currency.

    None where the price of one is not known, or they are in several currencies.
    """
    total, currency = 0.0, ""
    for each in answers:
        price = token_price(settings.models[each.model], settings)
        if price is None:
            return None, currency or NO_CURRENCY
        amount = cost(each.usage, price)
        if amount and currency and price.currency != currency:
            return None, currency
        if amount:
            total, currency = total + amount, price.currency
    return total, currency or NO_CURRENCY
