"""The GPUs that this build of llama.cpp would use for a model.

Owns the calls of ggml's device interface; knows nothing of models. To ask a GPU for its memory
opens it, which takes memory of its own there: only in processes that may.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator

import llama_cpp.llama_cpp as llama
from llama_cpp._ggml import libggml

from core.engines.devices import Device

MIB = 2**20
PROCESSOR, GPU, INTEGRATED_GPU = 0, 1, 2  # Source: ggml-backend.h, enum ggml_backend_dev_type


class _Properties(ctypes.Structure):
    """Source: ggml-backend.h, struct ggml_backend_dev_props; what it can do is not read."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("description", ctypes.c_char_p),
        ("free_bytes", ctypes.c_size_t),
        ("total_bytes", ctypes.c_size_t),
        ("type", ctypes.c_int),
        ("id", ctypes.c_char_p),
        ("abilities", ctypes.c_char * 64),
    )


_count = libggml.ggml_backend_dev_count
_count.restype = ctypes.c_size_t
_get = libggml.ggml_backend_dev_get
_get.argtypes, _get.restype = [ctypes.c_size_t], ctypes.c_void_p
_get_properties = libggml.ggml_backend_dev_get_props
_get_properties.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Properties)]
_get_properties.restype = None

no_devices = (ctypes.c_void_p * 1)(None)
"""An empty list, for a model that shall use none: llama.cpp would take all of a NULL."""


def gpus() -> list[Device]:
    """As llama.cpp chooses: integrated ones only where there are no others."""
    if not llama.llama_supports_gpu_offload():  # loads backends that are files of their own
        return []
    return devices_of(GPU) or devices_of(INTEGRATED_GPU)


def devices_of(kind: int) -> list[Device]:
    """All of this type that the loaded backends see, each once."""
    once: dict[bytes, _Properties] = {}
    for each in _properties():
        if each.type == kind:  # two backends may see one; without an id it is taken for its own
            once.setdefault(each.id or each.name, each)
    return [_device(each) for each in once.values()]


def _properties() -> Iterator[_Properties]:
    for index in range(_count()):
        properties = _Properties()
        _get_properties(_get(index), ctypes.byref(properties))
        yield properties


def _device(found: _Properties) -> Device:
    return Device(
        name=found.name.decode("utf-8", "replace"),
        description=found.description.decode("utf-8", "replace"),
        total_mb=found.total_bytes // MIB,
        free_mb=found.free_bytes // MIB,
        # Metal calls those of Apple's processors GPUs like others.
        unified=found.type == INTEGRATED_GPU or sys.platform == "darwin",
    )
