"""GGUF files as all of the family begin and end them, and their tensors in a precision.

Knows nothing of architectures.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import gguf
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Precision = Literal["f32", "f16", "q8_0"]

FILE_TYPES = {
    "f32": gguf.LlamaFileType.ALL_F32,
    "f16": gguf.LlamaFileType.MOSTLY_F16,
    "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0,
}
Q8_0_BLOCK = 32


def begun(
    path: Path, architecture: str, kind: str, *, name: str, licence: str, precision: Precision
) -> gguf.GGUFWriter:
    """A file that says what it is; `kind` is "model" or "mmproj"."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(kind)
    writer.add_name(name)
    writer.add_license(licence)
    writer.add_file_type(FILE_TYPES[precision])
    return writer


def finish(writer: gguf.GGUFWriter) -> None:
    """Write all that was added."""
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class TensorWriter:
    """Adds tensors to a GGUF in the precision of the file."""

    def __init__(self, writer: gguf.GGUFWriter, precision: Precision) -> None:
        self._writer = writer
        self._precision = precision

    def put(self, name: str, tensor: Tensor, precision: Precision | None = None) -> None:
        """Vectors stay F32; what cannot be cut into blocks of 32 stays F16."""
        values: NDArray[np.float32] = tensor.detach().float().cpu().numpy()
        wanted = precision or self._precision
        if values.ndim < 2 or wanted == "f32":
            self._writer.add_tensor(name, np.ascontiguousarray(values))
        elif wanted == "q8_0" and values.ndim == 2 and values.shape[-1] % Q8_0_BLOCK == 0:
            kind = gguf.GGMLQuantizationType.Q8_0
            blocks = gguf.quants.quantize(np.ascontiguousarray(values), kind)
            self._writer.add_tensor(name, blocks, raw_dtype=kind)
        else:
            self._writer.add_tensor(name, values.astype(np.float16))
