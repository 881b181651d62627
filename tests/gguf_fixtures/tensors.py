"""A GGUF writer with a random number generator: what all fixture files have in common."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray


class TensorWriter:
    """Writes one GGUF file. `metadata` is gguf's own writer, for the keys."""

    def __init__(self, path: Path, architecture: str, *, seed: int) -> None:
        self.metadata = gguf.GGUFWriter(str(path), architecture)
        self._random = np.random.default_rng(seed)

    def random(self, *shape: int, scale: float = 1.0) -> NDArray[np.float32]:
        return (self._random.standard_normal(shape) * scale).astype(np.float32)

    def tensor(self, name: str, values: NDArray[np.float32], *, half: bool = True) -> None:
        """Add a tensor, as F16 unless `half` is off."""
        self.metadata.add_tensor(name, values.astype(np.float16) if half else values)

    def weights(self, name: str, *shape: int, scale: float, half: bool = True) -> None:
        self.tensor(name, self.random(*shape, scale=scale), half=half)

    def ones(self, name: str, size: int) -> None:
        self.tensor(name, np.ones(size, dtype=np.float32), half=False)

    def zeros(self, name: str, *shape: int) -> None:
        self.tensor(name, np.zeros(shape, dtype=np.float32), half=False)

    def linear(self, name: str, rows: int, columns: int, *, scale: float) -> None:
        """A weight of shape (rows, columns) and a bias of zeros."""
        self.weights(f"{name}.weight", rows, columns, scale=scale)
        self.zeros(f"{name}.bias", rows)

    def layer_norm(self, name: str, size: int) -> None:
        self.ones(f"{name}.weight", size)
        self.zeros(f"{name}.bias", size)

    def write(self) -> None:
        self.metadata.write_header_to_file()
        self.metadata.write_kv_data_to_file()
        self.metadata.write_tensors_to_file()
        self.metadata.close()
