"""What this processor can do, against what llama.cpp was compiled for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from core.doctor.cures import rebuild
from core.doctor.finding import Finding, fail, ok, warn
from core.doctor.surroundings import Surroundings
from core.engines.llama.build import NoBuild

FLAGS = {
    **{"SSE3": "pni", "SSSE3": "ssse3", "AVX": "avx", "AVX2": "avx2", "F16C": "f16c"},
    **{"FMA": "fma", "BMI2": "bmi2", "AVX_VNNI": "avx_vnni", "AVX512": "avx512f"},
    **{"AVX512_VBMI": "avx512vbmi", "AVX512_VNNI": "avx512_vnni", "AVX512_BF16": "avx512_bf16"},
    **{"AMX_INT8": "amx_int8", "NEON": "asimd", "DOTPROD": "asimddp"},
    **{"MATMUL_INT8": "i8mm", "SVE": "sve", "SME": "sme"},
}
"""llama.cpp's names (ggml_backend_cpu_get_features) and those of Linux in /proc/cpuinfo."""
MATTER = ("AVX", "AVX2", "FMA", "F16C", "AVX512", "NEON", "DOTPROD", "MATMUL_INT8")
"""Without one of these, where the processor has it, answers take longer."""


def check_cpu(around: Surroundings) -> Iterator[Finding]:
    flags = flags_in(_text(around.proc / "cpuinfo"))
    build = around.llama()
    if isinstance(build, NoBuild):
        able = named(name for name, flag in FLAGS.items() if flag in flags)
        yield warn(
            f"not compared with llama.cpp, which cannot be loaded; the processor has {able}",
            "Mend llama_cpp first.",
        )
        return
    yield compared(flags, build.features)


def compared(flags: Collection[str], features: Collection[str]) -> Finding:
    """What to say of a processor with these `flags` and a llama.cpp built for `features`."""
    built = [name for name in FLAGS if name in features]
    if not flags:
        return ok(f"llama.cpp was built for {named(built)}; this system does not tell its own")
    if absent := [name for name in built if FLAGS[name] not in flags]:
        return fail(
            f"llama.cpp was built for {named(absent)}, which this processor does not have: "
            "workers will crash",
            rebuild(),
        )
    if unused := [name for name in MATTER if name not in built and FLAGS[name] in flags]:
        return warn(
            f"llama.cpp was built without {named(unused)}, which this processor has: it is "
            "slower than it could be",
            rebuild(),
        )
    return ok(f"{named(built)}: all that llama.cpp was built for")


def flags_in(cpuinfo: str) -> frozenset[str]:
    """The first processor's flags (x86) or features (ARM); none where the text has no line."""
    line = re.search(r"^(?:flags|Features)\s*:(.*)$", cpuinfo, re.MULTILINE)
    return frozenset(line[1].split()) if line else frozenset()


def named(names: Collection[str] | Iterator[str]) -> str:
    return ", ".join(names) or "nothing special"


def _text(path: Path) -> str:
    """Empty where the system has no such file."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
