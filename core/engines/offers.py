"""What a server of models says of itself.

Owns the type; knows nothing of how a server is asked.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """`models` are the server's own names; None where it has no list of them. `version` is ""
    where it does not tell."""

    version: str
    models: tuple[str, ...] | None
