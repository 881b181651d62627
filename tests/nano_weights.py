"""Skips tests of embedded models whose weights are not in the repository yet."""

from __future__ import annotations

import pytest

from core.model_files.locate import embedded_folder


def needs_weights(*files: str) -> pytest.MarkDecorator:
    """A mark for tests that ask the models of these files, as in `needs_weights("text.gguf")`."""
    missing = [name for name in files if not (embedded_folder() / name).is_file()]
    return pytest.mark.skipif(
        bool(missing), reason=f"{', '.join(missing)}: not in models/nano/weights"
    )


TEXT = needs_weights("text.gguf")
VISION = needs_weights("vision.gguf", "vision-mmproj.gguf")
AUDIO = needs_weights("audio.gguf", "audio-mmproj.gguf")
