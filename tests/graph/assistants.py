"""Assistants with a configuration of their own, and turns followed piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from core.cancellation import Cancellation
from core.clock import Clock
from core.engines.protocol import OpenEngine
from core.events import Event, Final, Restarted, Token, Warned
from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import load_settings
from core.state import State
from core.storage.folder import DataFolder
from tests.environments import ON_SELF_TEST, variables
from tests.kept_engines import open_kept


@contextmanager
def assistant_with(
    folder: DataFolder,
    keys: Mapping[str, object] | None = None,
    *,
    clock: Clock | None = None,
    preload: bool = False,
    open_engine: OpenEngine = open_kept,
) -> Iterator[SARAiOrchestrator]:
    """The shipped configuration with `keys` changed, as in {"retrieval.top_k": 2}.

    Where workers have to start and end with their models: `open_engine=table.open_engine`.
    """
    settings = load_settings(environ={**ON_SELF_TEST, **variables(keys or {})})
    pool = ModelPool(settings, folder, clock=clock, open_engine=open_engine)
    with SARAiOrchestrator(pool=pool, preload=preload) as assistant:
        yield assistant


@dataclass(frozen=True)
class Followed:
    """A turn as its audience saw it; `text` is what stood there after the last event."""

    events: tuple[Event, ...]
    state: State

    @property
    def text(self) -> str:
        pieces: list[str] = []
        for event in self.events:
            if isinstance(event, Restarted):
                pieces.clear()
            elif isinstance(event, Token):
                pieces.append(event.text)
        return "".join(pieces)

    @property
    def restarts(self) -> list[str]:
        return [event.reason for event in self.events if isinstance(event, Restarted)]

    @property
    def warned(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Warned)]


def follow(
    assistant: SARAiOrchestrator,
    turn: Mapping[str, Any] | str,
    *,
    cancel: Cancellation | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Followed:
    """Stream a whole turn; `on_event` is called between the events."""
    events: list[Event] = []
    for event in assistant.stream(turn, cancel=cancel):
        events.append(event)
        if on_event is not None:
            on_event(event)
    last = events[-1]
    assert isinstance(last, Final), "the last event is the whole state"
    return Followed(tuple(events), last.state)
