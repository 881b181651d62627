"""What else can be made to go wrong with one request; `OpenAIEmulator.fail_next` schedules it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.emulated_server import Drop, EndEarly, Slow, Stall


@dataclass(frozen=True)
class Refuse:
    """Answer with this status and body, as it stands, and with further headers."""

    status: int
    body: str
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """Send these bytes in place of the rest of the stream, each piece by itself, and end it."""

    pieces: tuple[bytes, ...]
    after_tokens: int = 0


Fault = Refuse | Stall | Slow | Drop | EndEarly | Raw
