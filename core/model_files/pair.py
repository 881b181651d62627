"""The headers of a model's files, each in its own place.

Owns the check that the model is a model and its projector a projector; knows nothing of what
either holds. llama.cpp would say so too, but only after memory was made free for it.
"""

from __future__ import annotations

from core.errors import ModelFileInvalid
from core.model_files.files import ModelFiles
from core.model_files.header import GgufHeader, read_header


def read_headers(files: ModelFiles, *, model: str) -> tuple[GgufHeader, GgufHeader | None]:
    """The headers of the model and, where it has one, of its projector.

    Raises: ModelUnavailable, ModelFileInvalid.
    """
    header = read_header(files.gguf_path, model=model)
    if header.is_projector:
        raise ModelFileInvalid(
            f"{files.gguf_path} is a projector for images or sound, not a model.",
            model=model,
            hint=f"Name it in models.{model}.mmproj_file, and the model itself in gguf_file.",
        )
    if files.mmproj_path is None:
        return header, None
    projector = read_header(files.mmproj_path, model=model)
    if not projector.is_projector:
        raise ModelFileInvalid(
            f"{files.mmproj_path} is a model, not a projector for images or sound.",
            model=model,
            hint=f"Name the file that begins with mmproj in models.{model}.mmproj_file.",
        )
    return header, projector
