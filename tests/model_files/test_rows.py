"""Rows of a matrix, read from the file one by one."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf.quants import dequantize, quantize

from core.model_files.header import read_header
from core.model_files.rows import MatrixRows

KINDS = gguf.GGMLQuantizationType


def written(path: Path, values: np.ndarray, kind: KINDS) -> np.ndarray:
    """Puts `values` there as `kind`, behind another tensor; what they are once unpacked."""
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_block_count(1)
    writer.add_tensor("before.weight", np.ones(7, np.float32))
    packed = quantize(values, kind)
    writer.add_tensor("table.weight", packed, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return dequantize(packed, kind)


@pytest.mark.parametrize("kind", [KINDS.F32, KINDS.F16, KINDS.BF16, KINDS.Q8_0, KINDS.Q4_0])
def test_rows_are_those_of_the_matrix_in_the_order_asked_for(tmp_path: Path, kind: KINDS) -> None:
    values = np.random.default_rng(0).normal(size=(9, 64)).astype(np.float32)
    expected = written(tmp_path / "m.gguf", values, kind)
    rows = MatrixRows(read_header(tmp_path / "m.gguf", model="m"), "table.weight")
    assert (rows.count, rows.width) == (9, 64)
    np.testing.assert_array_equal(rows.read([8, 0, 3, 3]), expected[[8, 0, 3, 3]])
    assert rows.read([]).shape == (0, 64)
    for row in (-1, 9):
        with pytest.raises(IndexError):
            rows.read([0, row])


@pytest.mark.parametrize("name", ["before.weight", "other.weight"])
def test_what_is_no_matrix_has_no_rows(tmp_path: Path, name: str) -> None:
    written(tmp_path / "m.gguf", np.ones((2, 32), np.float32), KINDS.F32)
    with pytest.raises(LookupError):
        MatrixRows(read_header(tmp_path / "m.gguf", model="m"), name)


def test_a_file_that_shrinks_is_told(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    written(path, np.ones((4, 32), np.float32), KINDS.F32)
    rows = MatrixRows(read_header(path, model="m"), "table.weight")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(OSError, match="shorter"):
        rows.read([3])
