"""The money that answers cost.

Owns the sum over several models; prices are configured, and none is known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.agent import Answer
from core.engines.prices import cost
from core.errors import SARAiError
from core.model_pool import ModelPool

NO_CURRENCY = "USD"
"""Of what costs nothing."""


def charge(answers: Sequence[Answer], pool: ModelPool) -> tuple[float | None, str]:
    """What all of them cost together, and in which currency.

    None where the price of one is not known, or they are in several currencies.
    """
    total, currency = 0.0, ""
    for each in answers:
        try:
            price = pool.resolve(each.model).price
        except SARAiError:  # its files went away meanwhile
            price = None
        if price is None:
            return None, currency or NO_CURRENCY
        amount = cost(each.usage, price)
        if amount and currency and price.currency != currency:
            return None, currency
        if amount:
            total, currency = total + amount, price.currency
    return total, currency or NO_CURRENCY
