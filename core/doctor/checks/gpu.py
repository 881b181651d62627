"""The GPUs that llama.cpp finds, where a model is configured to use one."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.finding import Finding, fail, ok, warn
from core.doctor.surroundings import Surroundings
from core.engines.llama.build import NoBuild
from core.errors import EngineFailed
from core.settings import Settings

BUILD_FOR_IT = 'CMAKE_ARGS="-DGGML_CUDA=on" make run (other cards: docs/install.md)'
WITHOUT = "set runtime.gpu_layers (and models.NAME.gpu_layers) to 0"


def check_gpu(around: Surroundings) -> Iterator[Finding]:
    wanted = wanted_by(around.sound_settings)
    if wanted is None:
        yield ok("not used (runtime.gpu_layers is 0)")
        return
    build = around.llama()
    if isinstance(build, NoBuild):
        yield warn("not asked: llama.cpp cannot be loaded", "Mend llama_cpp first.")
    elif not build.gpu_offload:
        yield warn(
            "llama.cpp was built without any: gpu_layers has no effect",
            f"{BUILD_FOR_IT}, or {WITHOUT}",
        )
    else:
        yield _found(around, wanted)


def wanted_by(settings: Settings) -> str | None:
    """The first model that is configured to use a GPU."""
    for name, model in settings.models.items():
        own = model.gpu_layers
        if model.engine == "llama" and (settings.runtime.gpu_layers if own is None else own):
            return name
    return None


def _found(around: Surroundings, wanted: str) -> Finding:
    try:
        devices = around.gpus.find(wanted)
    except EngineFailed as error:
        return fail(error.message, error.hint)
    if not devices:
        return warn("llama.cpp finds none", f"Install the driver of your card, or {WITHOUT}.")
    told = (
        f"{each.name} ({each.description}), {each.free_mb} of {each.total_mb} MiB free"
        for each in devices
    )
    return ok("; ".join(told))
