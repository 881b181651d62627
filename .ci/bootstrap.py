"""Make `.venv` ready to run SARAi: `python3 .ci/bootstrap.py`, or any target of the Makefile.

Owns the order of the steps. A second run finds the stamp and ends at once. Needs nothing but
the standard library; an old Python gets far enough to find a newer one or to name what to do.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from set_up import llama_wheel, machine
from set_up.environment import Environment, check_installer
from set_up.interpreters import find_interpreter
from set_up.llama_wheel import LlamaWheel
from set_up.lock_file import read_lock
from set_up.report import CommandFailed, Report, SetupError
from set_up.stamp import (
    is_current,
    read_stamp,
    remove_stamp,
    reusable_interpreter,
    wanted_cmake_args,
    write_stamp,
)

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"


def main() -> int:
    """Set up unless all is as it should be; the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a compiler must not outlive us
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        if not is_current(ROOT, VENV):
            with only_one_at_a_time():
                if not is_current(ROOT, VENV):  # the one we waited for may have done it
                    set_up()
    except SetupError as error:
        print(_explanation(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The next run starts over and uses what was kept.", file=sys.stderr)
        return 130
    return 0


def set_up() -> None:
    """Everything from a fresh clone, or from what an earlier set-up completed.

    Raises: SetupError, before anything is built or deleted when the machine lacks something.
    """
    uv = shutil.which("uv")
    kept = reusable_interpreter(VENV)
    base = kept or find_interpreter(uv)
    lock = read_lock(ROOT / "requirements.lock")
    cmake_args = wanted_cmake_args(read_stamp(VENV))
    wheel = LlamaWheel(llama_wheel.find_requirement(lock), base, cmake_args)
    check_installer(base, uv)
    machine.check_free_disk(ROOT)
    if wheel.cached() is None:
        machine.find_compilers()

    report = _open_report(fresh=kept is None)
    environment = Environment(VENV, base, uv, report)
    if kept is None:
        report.step(f"1/4 .venv with Python {base.version_text} ({base.path})")
        environment.create()
    libraries = [each for each in lock if each.name != llama_wheel.NAME]
    report.step(f"2/4 {len(libraries)} libraries, with {'uv' if uv else 'pip'}, hashes checked")
    environment.install_libraries(libraries)
    install_llama(wheel, environment, report)
    report.step("4/4 SARAi itself")
    environment.install_local("-e", str(ROOT))
    write_stamp(ROOT, VENV, cmake_args)
    report.step("Set-up complete.")


def install_llama(wheel: LlamaWheel, environment: Environment, report: Report) -> None:
    """Install the kept wheel, or build one first; a kept one that does not load is rebuilt."""
    kept = wheel.cached()
    if kept is not None:
        report.step("3/4 llama.cpp, built earlier for this machine")
        environment.install_local(str(kept))
        if environment.can_import("llama_cpp"):
            return
        wheel.discard()
    report.step("3/4 llama.cpp is built for this machine, once: some minutes on two cores")
    environment.install_local(str(wheel.build(environment.python, report)))
    if not environment.can_import("llama_cpp"):
        wheel.discard()
        raise SetupError(
            "llama.cpp was built but cannot be loaded; .venv/bootstrap.log says why.",
            "Mind CMAKE_ARGS and the compiler, then run the same command again.",
        )


@contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Hold the checkout's lock; the system frees it when this process dies."""
    handle = os.open(str(ROOT / ".ci"), os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work in this folder; waiting for it.", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _open_report(*, fresh: bool) -> Report:
    """From here on the `.venv` counts as incomplete; a fresh start empties it."""
    remove_stamp(VENV)
    if fresh and VENV.is_symlink():
        VENV.unlink()
    elif fresh and VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir(exist_ok=True)
    log = VENV / "bootstrap.log"
    log.write_text("", encoding="utf-8")
    return Report(log)


def _explanation(error: SetupError) -> str:
    tail = error.tail if isinstance(error, CommandFailed) else ""
    hint = f"What to do: {error.hint}" if error.hint else ""
    return "\n".join(["", *filter(None, (tail, f"Set-up failed: {error.message}", hint))])


if __name__ == "__main__":
    sys.exit(main())
