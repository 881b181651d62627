"""What the emulated server was asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class RecordedRequest:
    """A request as it arrived; names of headers are in lower case.

    `streaming` is set when the first token was sent, `complete` when all of a stream was,
    `disconnected` when the client left before that.
    """

    method: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    disconnected: threading.Event = field(default_factory=threading.Event)
    streaming: threading.Event = field(default_factory=threading.Event)
    complete: threading.Event = field(default_factory=threading.Event)
