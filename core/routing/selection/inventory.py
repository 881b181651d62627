"""Which models there are to choose from, with what is declared and what was measured of each.

Owns the candidates of a catalogue that nobody has loaded; those of the pool are in `pooled`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from core.routing.selection.catalogue import LocalModel, ModelCapabilities

MIB_PER_GB = 1e9 / 2**20

Room = Literal["loaded", "now", "soon", "busy", "never"]
"""Whether there is memory: it is loaded; free; free once idle models have left; not before
somebody who uses it is done; or not on this machine."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model as a choice.

    Args:
        name: what the caller gets: the configured name, or the catalogue's.
        aliases: what else tables and rules may call it.
        declared: its ratings.
        memory_mb: what it needs, MiB; None when nobody knows.
        memory_measured: whether that was measured on this machine.
        tokens_per_s: measured on this machine; None before.
        room: whether there is memory for it.
        problem: why it cannot be used; empty when it can.
        fallbacks: who is configured to answer when it fails, in order.
        stand_in: an embedded demo model: taken when there is nothing else.
    """

    name: str
    declared: ModelCapabilities
    aliases: tuple[str, ...] = ()
    memory_mb: int | None = None
    memory_measured: bool = False
    tokens_per_s: float | None = None
    room: Room = "now"
    problem: str = ""
    fallbacks: tuple[str, ...] = ()
    stand_in: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def usable(self) -> bool:
        return not self.problem and self.room not in ("busy", "never")

    @property
    def why_not(self) -> str:
        """Why it is not usable."""
        return self.problem or "there is no memory for it"


class Inventory(Protocol):
    """Says what there is at this moment."""

    def candidates(self) -> tuple[Candidate, ...]: ...


class CatalogueInventory:
    """Every model of a catalogue, taken for installed; only the budget bounds it.

    Args:
        models: read at every call, so that what is added counts at once.
        models_budget_mb: what models may take together, MiB.
    """

    def __init__(self, models: Mapping[str, LocalModel], models_budget_mb: int) -> None:
        self._models = models
        self._budget_mb = models_budget_mb

    def candidates(self) -> tuple[Candidate, ...]:
        return tuple(self._candidate(name, model) for name, model in self._models.items())

    def _candidate(self, name: str, model: LocalModel) -> Candidate:
        memory_mb = declared_mb(model.capabilities)
        too_large = memory_mb is not None and memory_mb > self._budget_mb
        return Candidate(
            name,
            model.capabilities,
            aliases=(model.model_id,) if model.model_id != name else (),
            memory_mb=memory_mb,
            room="never" if too_large else "now",
            problem=(
                f"it takes {memory_mb} MiB and models may take {self._budget_mb}"
                if too_large
                else ""
            ),
        )


def declared_mb(declared: ModelCapabilities) -> int | None:
    """The declared size in MiB."""
    size_gb = declared.memory_usage_gb
    return None if size_gb is None else math.ceil(size_gb * MIB_PER_GB)
