"""What a running turn tells its audience, piece by piece.

Owns the event types of `SARAiOrchestrator.stream`; knows nothing of who listens.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.state import State


@dataclass(frozen=True, slots=True)
class NodeStarted:
    """A node of the graph began its work."""

    node: str


@dataclass(frozen=True, slots=True)
class NodeFinished:
    """A node of the graph ended, after `elapsed_ms` of wall time."""

    node: str
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer. All pieces since the last `Restarted` are the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Restarted:
    """What was streamed so far is void: another model begins the answer anew."""

    reason: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something was degraded or left out; it is also in the final state's `warnings`."""

    text: str


@dataclass(frozen=True, slots=True)
class Final:
    """The last event of every turn that succeeds: the whole final state."""

    state: State


Event = NodeStarted | NodeFinished | Token | Restarted | Warned | Final
