"""Python, compiler, processor, memory, disk and terminal, each in good and in bad order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.doctor import Surroundings
from core.doctor.checks.compiler import check_compiler
from core.doctor.checks.cpu import check_cpu, compared, flags_in
from core.doctor.checks.disk import LEAST_FREE_MB, check_disk, to_pull_mb
from core.doctor.checks.gpu import check_gpu
from core.doctor.checks.llama_cpp import check_llama_cpp
from core.doctor.checks.memory import check_memory
from core.doctor.checks.python import NEWEST, OLDEST, check_python
from core.doctor.checks.terminal import check_terminal
from core.engines.devices import Device
from core.engines.llama.build import LlamaBuild, NoBuild
from core.errors import EngineFailed
from core.model_pool.memory.devices import Devices
from core.pulling.plan import SPARE_BYTES
from tests.doctor.surroundings import by_subject, limited, only, surroundings

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("version", "status"),
    [((3, 10, 9), "fail"), ((3, 11, 0), "ok"), ((3, 13, 5), "ok"), ((3, 14, 0), "fail")],
)
def test_python_is_one_that_sarai_is_made_for(
    tmp_path: Path, version: tuple[int, int, int], status: str
) -> None:
    found = only(check_python, surroundings(tmp_path / "m", python_version=version))
    assert found.status == status
    assert ".".join(map(str, version)) in found.found
    assert ("PYTHON=python3.12 make run" in found.cure) == (status == "fail")


def test_the_pythons_are_those_of_the_project() -> None:
    wanted = re.search(
        r'requires-python = ">=3.(\d+),<3.(\d+)"', (ROOT / "pyproject.toml").read_text()
    )
    assert wanted
    assert ((3, int(wanted[1])), (3, int(wanted[2]) - 1)) == (OLDEST, NEWEST)


def with_programs(folder: Path, **scripts: str) -> dict[str, str]:
    """An environment that knows these shell scripts and no other program."""
    folder.mkdir(exist_ok=True)
    for name, script in scripts.items():
        path = folder / name.replace("__", "-").replace("pp", "++")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return {"PATH": str(folder)}


def test_without_a_compiler_the_package_of_this_system_is_named(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m", environ={"PATH": ""})
    found = only(check_compiler, around)
    assert found.status == "warn"
    assert "no working C++17 compiler" in found.found
    assert "gcc and g++" in found.cure
    for installer, cure in (("apk", "sudo apk add build-base"), ("brew", "Install gcc")):
        environ = with_programs(tmp_path / installer, **{installer: "exit 0"})
        found = only(check_compiler, surroundings(tmp_path / "m", environ=environ))
        assert found.cure.startswith(cure)


def test_a_compiler_that_refuses_is_none(tmp_path: Path) -> None:
    environ = with_programs(tmp_path / "bin", cpp="exit 1", clangpp="exit 0")
    found = only(check_compiler, surroundings(tmp_path / "m", environ=environ))
    assert (found.status, found.found) == ("ok", f"{tmp_path}/bin/clang++ takes C++17")
    found = only(check_compiler, surroundings(tmp_path / "m", environ={**environ, "CXX": "nope"}))
    assert found.cure == "Mend or unset CXX."


def test_llama_cpp_loads_or_is_built_anew(tmp_path: Path) -> None:
    found = only(check_llama_cpp, surroundings(tmp_path / "m"))
    assert (found.status, found.found.split(",")[0]) == ("ok", "llama-cpp-python 0.3.36")
    absent = NoBuild("ModuleNotFoundError: No module named 'llama_cpp'")
    found = only(check_llama_cpp, surroundings(tmp_path / "m", llama=absent))
    assert found.status == "fail"
    assert absent.reason in found.found
    assert found.cure == "make clean && make setup"
    foreign = NoBuild("the process that looked ended in SIGILL", wrong_processor=True)
    found = only(check_llama_cpp, surroundings(tmp_path / "m", llama=foreign))
    assert found.found.endswith("SIGILL (built for another processor)")


GPU_BUILD = LlamaBuild("1", "", frozenset(), gpu_offload=True)
ONE_MODEL = {"models": {"lfm2_1_2b": {"gpu_layers": 4}}}


def with_gpus(tmp_path: Path, *gpus: Device) -> Surroundings:
    """A machine where every model shall use a GPU."""
    layers = {"runtime": {"gpu_layers": -1}}
    return surroundings(tmp_path / "m", layers, llama=GPU_BUILD, gpus=Devices(lambda _: gpus))


def test_a_gpu_that_nobody_wants(tmp_path: Path) -> None:
    assert only(check_gpu, surroundings(tmp_path / "m", llama=GPU_BUILD)).status == "ok"


def test_layers_for_a_gpu_that_the_build_cannot_use(tmp_path: Path) -> None:
    found = only(check_gpu, surroundings(tmp_path / "m", ONE_MODEL))
    assert found.status == "warn"
    assert "built without any" in found.found
    assert "GGML_CUDA" in found.cure
    found = only(check_gpu, surroundings(tmp_path / "m", ONE_MODEL, llama=NoBuild("gone")))
    assert (found.status, found.cure) == ("warn", "Mend llama_cpp first.")


def test_gpus_that_are_found_absent_or_out_of_order(tmp_path: Path) -> None:
    gpu = Device("CUDA0", "NVIDIA H200", total_mb=143_000, free_mb=140_000)
    found = only(check_gpu, with_gpus(tmp_path, gpu))
    assert (found.status, found.found) == (
        "ok",
        "CUDA0 (NVIDIA H200), 140000 of 143000 MiB free",
    )
    found = only(check_gpu, with_gpus(tmp_path))
    assert (found.status, "driver" in found.cure) == ("warn", True)

    def broken(model: str) -> tuple[Device, ...]:
        raise EngineFailed("It does not answer.", model=model, hint="Repair its driver.")

    around = replace(with_gpus(tmp_path), gpus=Devices(broken))
    found = only(check_gpu, around)
    assert (found.status, found.cure) == ("fail", "Repair its driver.")


def test_a_processor_that_lacks_what_llama_cpp_was_built_for() -> None:
    found = compared({"pni", "avx"}, {"SSE3", "AVX", "AVX2", "FMA"})
    assert found.status == "fail"
    assert "AVX2, FMA, which this processor does not have" in found.found
    assert found.cure


def test_a_llama_cpp_that_leaves_the_processor_idle() -> None:
    found = compared({"pni", "avx", "avx2", "avx512f", "avx_vnni"}, {"SSE3", "AVX"})
    assert found.status == "warn"
    assert "without AVX2, AVX512, which" in found.found
    arm = compared({"asimd", "asimddp"}, {"NEON"})
    assert (arm.status, "DOTPROD" in arm.found) == ("warn", True)


def test_a_processor_and_a_llama_cpp_that_match(tmp_path: Path) -> None:
    assert only(check_cpu, surroundings(tmp_path / "m")).status == "ok"
    assert compared((), {"NEON"}).status == "ok"  # a system that tells nothing
    arm = flags_in("processor\t: 0\nBogoMIPS\t: 48.00\nFeatures\t: fp asimd asimddp i8mm\n")
    assert compared(arm, {"NEON", "DOTPROD", "MATMUL_INT8", "ARM_FMA"}).status == "ok"


def test_without_llama_cpp_the_processor_is_told_alone(tmp_path: Path) -> None:
    found = only(check_cpu, surroundings(tmp_path / "m", llama=NoBuild("gone")))
    assert (found.status, found.cure) == ("warn", "Mend llama_cpp first.")
    assert "the processor has SSE3, AVX, AVX2, F16C, FMA" in found.found


def test_memory_for_the_budget(tmp_path: Path) -> None:
    found = by_subject(check_memory, surroundings(tmp_path / "m"))
    assert found[""].status == found["now"].status == "ok"
    assert "this machine has 16000 MiB, so models may take 14000 of the 14336" in found[""].found
    assert found["now"].found == "8000 of 16000 MiB are available"


def test_two_gigabytes(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m", total_mb=2048, available_mb=150)
    found = by_subject(check_memory, around)
    assert found[""].status == "warn"
    assert "has 2048 MiB, so models may take 1792, not the 14336" in found[""].found
    assert "sarai models fit" in found[""].cure
    assert found["now"].status == "warn"
    assert "Close other programs" in found["now"].cure


def test_the_limit_of_a_container(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m")
    limited(tmp_path / "m", 2048, used_mb=48)
    found = by_subject(check_memory, around)
    assert "the limit around SARAi (its cgroup) is 2048 MiB" in found[""].found
    assert "Give the container or service more memory" in found[""].cure
    assert found["now"].found.startswith("2000 of 2048")


def test_a_smaller_budget_on_a_small_machine_is_in_order(tmp_path: Path) -> None:
    small = {
        "runtime": {"budget_mb": 2048, "system_reserve_mb": 256},
        "models": {name: {"max_memory_mb": 400} for name in ("lfm2_1_2b", "qwen_omni_3b")},
    }
    around = surroundings(tmp_path / "m", small, total_mb=2048)
    assert by_subject(check_memory, around)[""].status == "ok"


def test_disk(tmp_path: Path) -> None:
    found = by_subject(check_disk, surroundings(tmp_path / "m"))
    assert set(found) == {"data folder", "models folder"}
    assert f"MiB free for {tmp_path}/m/home" in found["data folder"].found
    assert not (tmp_path / "m" / "home").exists()


def test_the_disk_is_held_against_what_a_pull_would_get(tmp_path: Path) -> None:
    def wanted_mb(configuration: Mapping[str, Any] | None = None) -> int:
        return to_pull_mb(surroundings(tmp_path / "m", configuration))

    def in_mb(size_bytes: int) -> int:
        return (size_bytes + SPARE_BYTES) // 2**20

    assert wanted_mb() == in_mb(14_113_689_248)
    (tmp_path / "LFM2-1.2B-Q4_K_M.gguf").touch()
    here = {"paths": {"models": str(tmp_path)}}
    assert wanted_mb(here) == in_mb(14_113_689_248 - 730_893_248)
    assert wanted_mb({"runtime": {"profile": "apache"}}) > in_mb(14_113_689_248)
    own = {"gguf_file": "/mine.gguf", "mmproj_file": None}
    names = ("solar_gguf", "lfm2_1_2b", "qwen_omni_3b", "qwen3_vl_4b", "embeddinggemma_300m")
    assert wanted_mb({"models": {name: dict(own) for name in names}}) == LEAST_FREE_MB


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a file system of no size")
def test_a_full_disk_is_a_failure(tmp_path: Path) -> None:
    full = {"paths": {"models": "/proc/models"}}  # a file system without a free byte
    found = by_subject(check_disk, surroundings(tmp_path / "m", full))["models folder"]
    assert (found.status, found.found) == ("fail", "0 MiB free for /proc/models")
    assert "paths.models" in found.cure


@pytest.mark.parametrize(
    ("encoding", "status"),
    [("utf-8", "ok"), ("UTF8", "ok"), ("ANSI_X3.4-1968", "warn"), ("", "warn"), ("odd", "warn")],
)
def test_the_terminal_shows_accents(tmp_path: Path, encoding: str, status: str) -> None:
    around = surroundings(tmp_path / "m", output_encoding=encoding, environ={"LANG": "C"})
    found = only(check_terminal, around)
    assert found.status == status
    assert "LANG=C" in found.found
