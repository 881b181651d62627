"""The files of one model, once they have been found.

Owns one value type; knows nothing of where files come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Existing files: the language model and, for images or sound, its projector."""

    gguf_path: Path
    mmproj_path: Path | None = None
