"""What a chat template may use up: it is a program that comes with a downloaded file.

Owns the limits; knows nothing of templates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.engines.llama.prompt.memory_limit import extra_memory_limit
from core.engines.llama.prompt.time_limit import processor_time_limit

RENDER_LIMIT_S = 2.0
"""Processor time for compiling or rendering; a real template needs milliseconds."""
RENDER_LIMIT_BYTES = 512 * 1024 * 1024
"""Memory for the same; a real template needs a few times the length of what was said."""
RENDER_LIMIT_CHARACTERS = 16 * 1024 * 1024
"""By how much a prompt may be longer than what was said; tools take the most of it."""


@contextmanager
def template_limits() -> Iterator[None]:
    """Inside, too much time ends the process and too much memory is a MemoryError."""
    with processor_time_limit(RENDER_LIMIT_S), extra_memory_limit(RENDER_LIMIT_BYTES):
        yield
