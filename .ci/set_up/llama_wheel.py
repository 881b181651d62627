"""llama-cpp-python, which is published as source only: built once, then kept.

Owns the wheel cache and the two ways to build. pip's and uv's own caches do not do here:
neither looks at CMAKE_ARGS or at the processor a native build was made for, and the pip that
Debian 12 brings (23.0) builds anew whenever hashes are required.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from set_up import machine
from set_up.interpreters import Interpreter
from set_up.lock_file import Requirement
from set_up.report import CommandFailed, Report, SetupError, clean_environment

NAME = "llama-cpp-python"
CMAKE_FILE = Path(__file__).resolve().parent.parent / "llama-build.cmake"
# A plain build follows a failed one, and memory is the likeliest reason for the failure.
PLAIN_BUILD_JOBS = 2


def find_requirement(lock: list[Requirement]) -> Requirement:
    """llama-cpp-python's block of the lock file."""
    return next(each for each in lock if each.name == NAME)


class LlamaWheel:
    """The wheel for one locked version, one processor and one set of CMAKE_ARGS."""

    def __init__(self, requirement: Requirement, interpreter: Interpreter, cmake_args: str) -> None:
        self._requirement = requirement
        self._cmake_args = cmake_args
        facts = [requirement.text, interpreter.platform, machine.cpu_features(), cmake_args]
        facts.append(CMAKE_FILE.read_text(encoding="utf-8"))
        digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
        self.key = f"{NAME}-{requirement.version}-{digest}"
        self._folder = wheel_cache() / self.key

    def cached(self) -> Path | None:
        """The kept wheel, if there is one."""
        return next(iter(sorted(self._folder.glob("*.whl"))), None)

    def discard(self) -> None:
        for wheel in self._folder.glob("*.whl"):
            wheel.unlink()

    def build(self, python: Path, report: Report) -> Path:
        """Build the wheel with the `.venv`'s pip and keep it.

        The source's hash is checked against the lock file. Build tools are fetched by pip.
        Raises: SetupError, when neither the fast nor the plain build succeeds.
        """
        compilers = machine.find_compilers()
        jobs = str(machine.compile_jobs())
        fast = {**compilers, **_fast_build(), "CMAKE_BUILD_PARALLEL_LEVEL": jobs}
        plain = {**compilers, "CMAKE_BUILD_PARALLEL_LEVEL": str(PLAIN_BUILD_JOBS)}
        with tempfile.TemporaryDirectory() as scratch:
            try:
                self._run_pip(python, Path(scratch), fast, report)
            except CommandFailed as failure:
                report.step(f"The fast build failed ({failure.message}) Trying the plain build.")
                self._run_pip(python, Path(scratch), plain, report)
            return self._keep(Path(scratch))

    def _run_pip(self, python: Path, scratch: Path, build: dict[str, str], report: Report) -> None:
        source = scratch / "source.txt"
        source.write_text(self._requirement.text, encoding="utf-8")
        env = {**build, **clean_environment(), "CMAKE_ARGS": self._cmake_args}
        env["TMPDIR"] = str(scratch)  # an interrupted build leaves nothing behind
        # -v passes ninja's steps through; --no-cache-dir keeps pip from a wheel of other options.
        command = [str(python), "-m", "pip", "wheel", "-v", "--no-deps", "--no-cache-dir"]
        command += ["--require-hashes", "--no-binary", NAME, "--wheel-dir", str(scratch)]
        report.run([*command, "-r", str(source)], env=env, live="building llama.cpp")

    def _keep(self, scratch: Path) -> Path:
        built = list(scratch.glob("*.whl"))
        if not built:
            raise SetupError("pip reported success but left no wheel.", "See the log.")
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{built[0].name}.{os.getpid()}.part"
        shutil.copyfile(built[0], part)
        return part.replace(self._folder / built[0].name)


def wheel_cache() -> Path:
    """Where built wheels are kept for every checkout of this user."""
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(home, "sarai", "wheels")


def _fast_build() -> dict[str, str]:
    """Unity builds of only what the bindings load, as settings of scikit-build-core.

    Not in CMAKE_ARGS: that variable stays the user's, and is split at spaces.
    """
    defines = {
        "CMAKE_UNITY_BUILD": "ON",
        "CMAKE_UNITY_BUILD_BATCH_SIZE": "12",
        "CMAKE_PROJECT_INCLUDE": str(CMAKE_FILE),
    }
    return {
        "SKBUILD_CMAKE_DEFINE": ";".join(f"{name}={value}" for name, value in defines.items()),
        "SKBUILD_BUILD_TARGETS": "llama;ggml;mtmd",
    }
