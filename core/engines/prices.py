"""What an answer costs.

Owns the arithmetic of token prices; knows no price: they change, and are configured.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.protocol import Usage

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """Prices of a million tokens in `currency`, an ISO 4217 code.

    `cached_input` is of the part of a prompt that the server remembered; None: as `input`.
    """

    currency: str
    input: float
    output: float
    cached_input: float | None = None

    def __str__(self) -> str:
        return f"{self.input:g} in, {self.output:g} out, {self.currency} a million tokens"


def cost(usage: Usage, price: TokenPrice) -> float:
    """What one generation costs, in the price's currency; 0 for a model that is free."""
    cached_input = price.input if price.cached_input is None else price.cached_input
    fresh_tokens = usage.prompt_tokens - usage.reused_tokens
    return (
        fresh_tokens * price.input
        + usage.reused_tokens * cached_input
        + usage.completion_tokens * price.output
    ) / _MILLION
