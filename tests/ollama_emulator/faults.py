"""What can be made to go wrong with one request; `OllamaEmulator.fail_next` schedules it.

`after_tokens` is how many tokens of the answer are sent before.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refuse:
    """Answer with an HTTP error, or with a redirect to `location`."""

    status: int
    error: str
    location: str = ""


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
    """End the stream in good order, but without its last line."""

    after_tokens: int = 0


@dataclass(frozen=True)
class Line:
    """Send `text` as a line of the stream, and end it: an error object, or nonsense."""

    text: str
    after_tokens: int = 0


Fault = Refuse | Stall | Slow | Drop | EndEarly | Line
