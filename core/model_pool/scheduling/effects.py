"""What the scheduler wants done.

Owns the orders; nothing here carries them out. The one who does reports back: `room_made`,
`opened` or `failed` for a load, `closed` for what was to be closed.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.model_pool.scheduling.decisions import EvictionRecord
from core.model_pool.scheduling.events import PoolEvent
from core.model_pool.scheduling.records import Load, Loaded


@dataclass(frozen=True, slots=True)
class Begin:
    """Close `victims`, then open the model of `load`. `decision` is why they leave, if any."""

    load: Load
    victims: tuple[Loaded, ...]
    decision: EvictionRecord | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """Close this engine, which has left the table."""

    model: Loaded


@dataclass(frozen=True, slots=True)
class Stop:
    """Nobody wants this load any more: cancel what is opening."""

    load: Load


@dataclass(frozen=True, slots=True)
class SetThreads:
    """This engine's share of the processor has changed."""

    model: Loaded
    threads: int


@dataclass(frozen=True, slots=True)
class Tell:
    """Let those who listen know."""

    event: PoolEvent


Effect = Begin | Close | Stop | SetThreads | Tell
