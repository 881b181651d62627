"""What can go wrong with one request; `HubEmulator.fail_next` schedules it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refuse:
    """Answer with a status, and these headers."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drop:
    """Cut the connection, as a lost network does, after so many bytes of the body."""

    after_bytes: int = 0


@dataclass(frozen=True)
class CutShort:
    """End the body in good order, too early and with a length that says so."""

    after_bytes: int


@dataclass(frozen=True)
class IgnoreRange:
    """Send the whole file, whatever part was asked for."""


@dataclass(frozen=True)
class Spoil:
    """Send other bytes than the file has, as many."""


Fault = Refuse | Drop | CutShort | IgnoreRange | Spoil
