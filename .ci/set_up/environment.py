"""The `.venv` and what is installed into it.

Owns its creation and the installing, by uv where it is present and by pip otherwise; knows
neither the order of the steps nor how llama.cpp is built.
"""

from __future__ import annotations

from pathlib import Path

from set_up.interpreters import Interpreter, probe
from set_up.lock_file import Requirement
from set_up.report import CommandFailed, Report, SetupError, clean_environment
from set_up.stamp import venv_python


def check_installer(interpreter: Interpreter, uv: str | None) -> None:
    """Raises: SetupError, when there is no way to get pip into an environment."""
    if not (uv or interpreter.has_ensurepip or interpreter.has_pip):
        raise SetupError(
            f"{interpreter.path} has no ensurepip, so no environment can be made with it.",
            f"sudo apt install python{interpreter.minor_version}-venv",
        )


class Environment:
    """One `.venv`, installed into with hashes checked."""

    def __init__(self, venv: Path, base: Interpreter, uv: str | None, report: Report) -> None:
        self.python = venv_python(venv)
        self._venv = venv
        self._base = base
        self._uv = uv
        self._report = report

    def create(self) -> None:
        # Without pip: it comes from the lock file, and Debian's venv may lack it.
        self._run([self._base.path, "-m", "venv", "--without-pip", str(self._venv)])

    def install_libraries(self, requirements: list[Requirement]) -> None:
        """Install everything given, every file's hash checked. pip must be among it.

        Raises: CommandFailed.
        """
        listing = self._venv / "libraries.txt"
        listing.write_text("".join(each.text for each in requirements), encoding="utf-8")
        options = ["--require-hashes", "-r", str(listing)]
        if self._uv:
            uv_install = [self._uv, "pip", "install", "--python", str(self.python)]
            try:
                self._run([*uv_install, *options], live="installing libraries with uv")
            except CommandFailed as failure:
                self._report.step(f"{failure.message} Trying pip instead of uv.")
            else:
                return
        self._provide_pip(requirements)
        self._run(
            [str(self.python), "-m", "pip", "install", *options],
            live="installing libraries with pip",
        )

    def install_local(self, *what: str) -> None:
        """Install a wheel or the project itself, whose dependencies are there already."""
        pip = [str(self.python), "-m", "pip", "install", "--no-index", "--no-deps"]
        self._run([*pip, "--no-build-isolation", "--force-reinstall", *what])

    def can_import(self, module: str) -> bool:
        """Whether `module` imports in a process of its own: a wrong binary kills it."""
        command = [str(self.python), "-I", "-c", f"import {module}"]
        try:
            self._run(command)
        except CommandFailed:
            return False
        return True

    def _provide_pip(self, requirements: list[Requirement]) -> None:
        inside = probe(str(self.python))
        if inside and inside.has_pip:
            return
        if self._base.has_ensurepip:
            self._run([str(self.python), "-m", "ensurepip"])
            return
        listing = self._venv / "pip.txt"
        listing.write_text("".join(r.text for r in requirements if r.name == "pip"))
        outer = [self._base.path, "-m", "pip", "--python", str(self.python)]
        self._run([*outer, "install", "--require-hashes", "-r", str(listing)])

    def _run(self, command: list[str], live: str = "") -> None:
        self._report.run(command, env=clean_environment(), live=live)
