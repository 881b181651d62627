"""A blocking iterator, made to be read by a coroutine.

Owns the thread and the queue between the two; knows nothing of what passes through.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _End:
    """The last thing in the queue: how the iterator ended."""

    error: Exception | None = None


@dataclass(slots=True)
class _Pump(Generic[Item]):
    """Moves the items of `items` from a thread into a queue of the event loop."""

    items: Iterator[Item]
    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[Item | _End]
    ended: bool = False

    def work(self) -> None:
        """On a thread: everything, and how it ended."""
        end = _End()
        try:
            for item in self.items:
                self._put(item)
        except Exception as error:  # noqa: BLE001  # raised again where it is awaited
            end = _End(error)
        self._put(end)

    def _put(self, item: Item | _End) -> None:
        self.loop.call_soon_threadsafe(self.queue.put_nowait, item)

    async def arriving(self) -> AsyncIterator[Item]:
        while not isinstance(item := await self.queue.get(), _End):
            yield item
        self.ended = True
        if item.error is not None:
            raise item.error


@asynccontextmanager
async def pumped(
    items: Iterator[Item], *, stop: Callable[[], None]
) -> AsyncIterator[AsyncIterator[Item]]:
    """The items of `items`, which is iterated on a thread.

    Leaving before the end calls `stop`, which has to make `items` end soon; the thread is
    awaited, so that nothing runs on behind the caller's back.
    """
    pump: _Pump[Item] = _Pump(items, asyncio.get_running_loop(), asyncio.Queue())
    thread = asyncio.create_task(asyncio.to_thread(pump.work))
    try:
        yield pump.arriving()
    finally:
        if not pump.ended:
            stop()
        await asyncio.shield(thread)
