"""What else can be made to go wrong with one request; `OllamaEmulator.fail_next` schedules it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.emulated_server import Drop, EndEarly, Slow, Stall


@dataclass(frozen=True)
class Refuse:
    """Answer with an HTTP error, or with a redirect to `location`."""

    status: int
    error: str
    location: str = ""


@dataclass(frozen=True)
class Line:
    """Send `text` as a line of the stream, and end it: an error object, or nonsense."""

    text: str
    after_tokens: int = 0


Fault = Refuse | Stall | Slow | Drop | EndEarly | Line
