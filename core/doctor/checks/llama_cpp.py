"""Whether a worker process can load llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.cures import rebuild
from core.doctor.finding import Finding, fail, ok, warn
from core.doctor.surroundings import Surroundings
from core.engines.llama.build import NoBuild

GPU_BUILD = 'CMAKE_ARGS="-DGGML_CUDA=on" make run (other cards: docs/install.md)'


def check_llama_cpp(around: Surroundings) -> Iterator[Finding]:
    build = around.llama()
    if isinstance(build, NoBuild):
        why = " (built for another processor)" if build.wrong_processor else ""
        yield fail(f"a worker cannot load llama-cpp-python: {build.reason}{why}", rebuild())
        return
    layers = around.settings.runtime.gpu_layers if around.settings else 0
    gpu = "with" if build.gpu_offload else "without"
    told = f"llama-cpp-python {build.version}, {gpu} a GPU, loads as a worker loads it"
    if layers and not build.gpu_offload:
        yield warn(f"{told}: runtime.gpu_layers is {layers} and has no effect", GPU_BUILD)
    else:
        yield ok(told)
