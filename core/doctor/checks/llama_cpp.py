"""Whether a worker process can load llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.cures import rebuild
from core.doctor.finding import Finding, fail, ok
from core.doctor.surroundings import Surroundings
from core.engines.llama.build import NoBuild


def check_llama_cpp(around: Surroundings) -> Iterator[Finding]:
    build = around.llama()
    if isinstance(build, NoBuild):
        why = " (built for another processor)" if build.wrong_processor else ""
        yield fail(f"a worker cannot load llama-cpp-python: {build.reason}{why}", rebuild())
        return
    gpu = "for GPUs too" if build.gpu_offload else "for the processor alone"
    yield ok(f"llama-cpp-python {build.version}, built {gpu}, loads as a worker loads it")
