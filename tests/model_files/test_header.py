"""Damaged files are refused with a reason, whatever is in them; sound ones are read."""

from __future__ import annotations

import os
import random
import struct
import time
import tracemalloc
from pathlib import Path

import pytest

from core.errors import ModelFileInvalid, ModelUnavailable
from core.model_files.header import GgufHeader, LongArray, read_header
from tests.model_files.gguf_samples import (
    ARRAY,
    Q4_0,
    STRING,
    U64,
    Sample,
    Tensor,
    number,
    string,
    strings,
    text,
)

SOUND = Sample()


def read(folder: Path, content: bytes) -> GgufHeader:
    path = folder / "model.gguf"
    path.write_bytes(content)
    return read_header(path, model="solar")


def refusal(folder: Path, content: bytes) -> ModelFileInvalid:
    with pytest.raises(ModelFileInvalid) as caught:
        read(folder, content)
    return caught.value


def test_sound_file_is_read(tmp_path: Path) -> None:
    header = read(tmp_path, SOUND.bytes())
    assert header.architecture == "llama"
    assert header.file_size_bytes == len(SOUND.bytes())
    assert header.weights_bytes == 8 * 4 * 4 + 8 * 4
    assert header.block_count == 3
    assert header.vocabulary_size == 3
    assert not header.is_projector
    first = header.tensors[0]
    assert (first.name, first.shape, first.type_name, first.offset, first.size_bytes) == (
        "output.weight",
        (8, 4),
        "F32",
        0,
        128,
    )


def test_metadata_is_given_with_the_architectures_prefix(tmp_path: Path) -> None:
    header = read(tmp_path, SOUND.bytes())
    assert header.integer("context_length", 7) == 4096
    assert header.integer("embedding_length", 7) == 7
    assert header.per_layer("attention.head_count_kv", 8) == (1, 2, 4)
    assert header.per_layer("context_length", 8) == (4096,) * 3
    assert header.per_layer("attention.key_length", 8) == (8,) * 3


def test_version_2_is_read_as_well(tmp_path: Path) -> None:
    assert read(tmp_path, SOUND.but(version=2).bytes()).block_count == 3


def test_quantised_sizes_are_exact(tmp_path: Path) -> None:
    tensor = Tensor("output.weight", (64, 4), Q4_0)
    sample = SOUND.but(tensors=(tensor,), data=bytes(64 * 4 // 32 * 18))
    assert read(tmp_path, sample.bytes()).weights_bytes == 144


def test_projector_needs_no_layers(tmp_path: Path) -> None:
    sample = SOUND.with_key("general.architecture", string("clip"))
    header = read(tmp_path, sample.without_key("llama.block_count").bytes())
    assert header.is_projector


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"GG", "does not begin as a GGUF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "does not begin as a GGUF"),
        (b"version https://git-lfs.github.com/spec/v1\n", "does not begin as a GGUF"),
        (SOUND.but(version=1).bytes(), "version is 1"),
        (SOUND.but(version=99).bytes(), "version is 99"),
        (SOUND.but(version=3 << 24).bytes(), "big-endian"),
        (SOUND.but(tensor_count=1 << 60).bytes(), f"claims {1 << 60} tensors"),
        (SOUND.but(tensor_count=(1 << 64) - 1).bytes(), "tensors"),
        (SOUND.but(tensor_count=3).bytes(), ""),
        (SOUND.but(key_count=1 << 60).bytes(), f"claims {1 << 60} metadata entries"),
        (SOUND.but(tensors=(), tensor_count=0).bytes(), "no weights"),
    ],
)
def test_wrong_heads_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    error = refusal(tmp_path, content)
    assert reason in error.message
    assert error.model == "solar"
    assert "model.gguf" in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("llama.block_count", number(0), "number of layers is 0"),
        ("llama.block_count", number(513), "number of layers is 513"),
        ("llama.block_count", number(2**31 - 1), "number of layers"),
        ("llama.block_count", string("3"), "number of layers"),
        ("general.architecture", number(1), "architecture"),
        ("general.architecture", string(""), "architecture"),
        ("general.architecture", string("other"), "number of layers is None"),
        ("general.alignment", number(0), "alignment is 0"),
        ("general.alignment", number(24), "power of two"),
        ("general.alignment", number(1 << 31), "alignment"),
        ("split.count", number(2), "one of 2 parts"),
        ("x", struct.pack("<I", 77), "unknown type 77"),
        ("x", struct.pack("<IQ", STRING, 1 << 50), "more than the file has"),
        ("x", struct.pack("<IIQ", ARRAY, U64, 1 << 61), "entries"),
        ("x", struct.pack("<IIQ", ARRAY, U64, 3_000_000), "middle of its header"),
        ("x", struct.pack("<IIQ", ARRAY, STRING, 3_000_000), ""),
        ("x", struct.pack("<IIQ", ARRAY, ARRAY, 1), "unknown type 9"),
        ("", number(1), "is empty"),
    ],
)
def test_wrong_metadata_is_refused(tmp_path: Path, key: str, value: bytes, reason: str) -> None:
    assert reason in refusal(tmp_path, SOUND.with_key(key, value).bytes()).message


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (Tensor(shape=()), "0 dimensions"),
        (Tensor(shape=(1, 1, 1, 1, 1)), "5 dimensions"),
        (Tensor(shape=(0, 4)), "impossible shape"),
        (Tensor(shape=(1 << 40, 4)), "impossible shape"),
        (Tensor(shape=(1 << 33, 1 << 33)), "impossible shape"),
        (Tensor(shape=(1 << 63, 2)), "impossible shape"),
        (Tensor(kind=250), "unknown type 250"),
        (Tensor(kind=4), "unknown type 4"),
        (Tensor(kind=Q4_0, shape=(40, 4)), "no multiple of 32"),
        (Tensor(offset=1), "lies at 1"),
        (Tensor(offset=1 << 50), "lies at"),
        (Tensor(name="n" * 64), "name claims 64 bytes"),
        (Tensor(name=b"\xff\xfe"), "name is not text"),
        (Tensor(name="norm.weight"), "two tensors named"),
    ],
)
def test_wrong_tensors_are_refused(tmp_path: Path, tensor: Tensor, reason: str) -> None:
    sample = SOUND.but(tensors=(tensor, SOUND.tensors[1]))
    assert reason in refusal(tmp_path, sample.bytes()).message


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    whole = SOUND.bytes()
    for size in range(len(whole)):
        refusal(tmp_path, whole[:size])
    assert "lacks 1 bytes" in refusal(tmp_path, whole[:-1]).message


def test_duplicate_keys_are_refused(tmp_path: Path) -> None:
    twice = SOUND.metadata["llama.block_count"]
    keys = SOUND.metadata["llama.context_length"] + text("llama.block_count") + twice
    sample = SOUND.with_key("llama.context_length", keys).but(key_count=6)
    assert "twice" in refusal(tmp_path, sample.bytes()).message


def test_missing_file_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="does not exist"):
        read_header(tmp_path / "absent.gguf", model="solar")


def test_impossible_path_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        read_header(tmp_path / "a\0b.gguf", model="solar")


def test_folders_and_pipes_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    for path in (tmp_path, tmp_path / "pipe.gguf"):
        with pytest.raises(ModelFileInvalid, match="is not a file"):
            read_header(path, model="solar")


def test_large_vocabularies_are_counted_quickly(tmp_path: Path) -> None:
    tokens = strings([f"token{number}" for number in range(150_000)])
    sample = SOUND.with_key("tokenizer.ggml.tokens", tokens)
    path = tmp_path / "model.gguf"
    path.write_bytes(sample.bytes())
    before = time.process_time()
    header = read_header(path, model="solar")
    assert time.process_time() - before < 0.5  # about 0.05 s; room for a loaded machine
    assert header.metadata["tokenizer.ggml.tokens"] == LongArray(150_000)
    assert header.vocabulary_size == 150_000


def test_random_damage_never_surprises(tmp_path: Path) -> None:
    """Only a sound header or ModelFileInvalid comes out, and memory stays small."""
    chance = random.Random(7)
    whole = SOUND.bytes()
    tracemalloc.start()
    try:
        refused = sum(_is_refused(tmp_path, _damaged(whole, chance)) for _ in range(600))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused > 300
    assert peak_bytes < 8 * 1024 * 1024


def _damaged(whole: bytes, chance: random.Random) -> bytes:
    """Some bytes changed; often in a way that makes a length enormous."""
    content = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        content[chance.randrange(len(SOUND.header()))] = chance.choice(
            (0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256))
        )
    if chance.random() < 0.2:
        content += chance.randbytes(5000)
    return bytes(content)


def _is_refused(folder: Path, content: bytes) -> bool:
    try:
        read(folder, content)
    except ModelFileInvalid as error:
        assert error.hint
        return True
    return False


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    chance = random.Random(1)
    for _ in range(50):
        refusal(tmp_path, SOUND.bytes()[:8] + chance.randbytes(5000))
