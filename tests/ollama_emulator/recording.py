"""What the emulated server was asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class RecordedRequest:
    """A request as it arrived.

    `disconnected` is set when the client left before its answer was complete,
    `streaming` when the first token was sent.
    """

    method: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    disconnected: threading.Event = field(default_factory=threading.Event)
    streaming: threading.Event = field(default_factory=threading.Event)
