"""What can be made to go wrong with one request; `OpenAIEmulator.fail_next` schedules it.

`after_tokens` is how many tokens of the answer are sent before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refuse:
    """Answer with this status and body, as it stands, and with further headers."""

    status: int
    body: str
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stall:
    """Send nothing more until the client leaves or the emulator stops."""

    after_tokens: int = 0


@dataclass(frozen=True)
class Slow:
    """Wait before every token."""

    token_s: float


@dataclass(frozen=True)
class Drop:
    """Cut the connection, as a server that dies does."""

    after_tokens: int = 0


@dataclass(frozen=True)
class EndEarly:
    """End the stream in good order, but without its reason, its figures and its end mark."""

    after_tokens: int = 0


@dataclass(frozen=True)
class Raw:
    """Send these bytes in place of the rest of the stream, each piece by itself, and end it."""

    pieces: tuple[bytes, ...]
    after_tokens: int = 0


Fault = Refuse | Stall | Slow | Drop | EndEarly | Raw
