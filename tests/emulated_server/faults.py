"""What can go wrong with a stream, whatever server it comes from.

`after_tokens` is how many tokens of the answer are sent before.
"""

from __future__ import annotations

from dataclasses import dataclass


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
    """End the stream in good order, but without what ends an answer."""

    after_tokens: int = 0
