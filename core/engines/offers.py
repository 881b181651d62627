"""What a server of models says of itself.

Owns the types; knows nothing of how a server is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Offer:
    """`models` are the server's own names; None where it has no list of them. `version` is ""
    where it does not tell."""

    version: str
    models: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """One model that a server has. `parameters` is 0 where the server does not tell."""

    name: str
    family: str
    parameters: float
    size_bytes: int


class Catalogue(Protocol):
    """The models of one server, as it had them when it was asked; those elsewhere left out."""

    models: tuple[OfferedModel, ...]

    def can(self, name: str, capability: str) -> bool:
        """Whether the server says so: "completion", "vision", "embedding".

        Raises: ModelUnavailable, when it does not answer any more.
        """
        ...

    def is_named(self, model: OfferedModel, name: str) -> bool:
        """Whether the server means `model` by `name`; "solar" and "solar:latest" are one."""
        ...
