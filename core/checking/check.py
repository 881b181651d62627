"""One file of code, put to every test that there is for it.

Owns the order of the checks and what each of them is run on.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.checking.arduino import BOARD_FOLDER
from core.checking.arduino.commands import (
    LIBRARY,
    NOT_COMPILED,
    SOURCE,
    board_library,
    compile_command,
    run_command,
)
from core.checking.arduino.sketch import to_cpp
from core.checking.language import SUFFIXES, CodeLanguage
from core.checking.tools import TOOLS
from core.checking.verdict import CheckRun, Verdict
from core.sandbox import Command, Limits, Ran, run, walls_hold

HEADED = ("c", "cpp", "arduino")
_NO_HEADER = re.compile(r"fatal error: (\S+): No such file or directory")
NO_BOARD = "It was not run: the simulated board does not compile on this machine."
ONLY_COMPILED = "It was not run: nothing shuts a program in on this machine."


@dataclass(frozen=True, slots=True)
class CodeFile:
    """`name` is relative to the project's folder, or only a name."""

    code: str
    language: CodeLanguage | None = None
    name: str = ""

    @property
    def path(self) -> PurePosixPath:
        suffix = next(iter(SUFFIXES[self.language]), "") if self.language else ""
        return PurePosixPath(self.name or f"code{suffix}")


@dataclass(frozen=True, slots=True)
class Project:
    """What a file is checked with.

    Args:
        folder: where it belongs; the command runs on a copy of it, and headers are found there.
        command: the caller's own check, as a line of sh.
        readable: folders that programs may read where they are.
    """

    folder: Path | None = None
    command: str = ""
    readable: Sequence[Path] = ()
    limits: Limits = field(default_factory=Limits)


def check(file: CodeFile, project: Project | None = None) -> Verdict:
    """Parse or compile `file`, run it where that says something, then run the caller's command.

    The first check that fails is the last.

    Raises:
        SandboxUnavailable: the project is larger than the workspace.
    """
    project = project or Project()
    runs: list[CheckRun] = []
    missing: list[str] = []
    with _alone(file) as folder:
        for step in _steps(file, project, folder, missing):
            runs.append(step)
            if not step.passed:
                break
    return Verdict(tuple(runs), tuple(missing))


def _steps(
    file: CodeFile, project: Project, folder: Path, missing: list[str]
) -> Iterator[CheckRun]:
    if file.language == "arduino":
        yield from _sketch(file, project, folder, missing)
    elif file.language is not None:
        yield from _tool(file, file.language, project, folder, missing)
    elif not project.command:
        missing.append("Its language is not known.")
    if project.command:
        yield from _own_command(file, project, folder, missing)


def _tool(
    file: CodeFile, language: CodeLanguage, project: Project, folder: Path, missing: list[str]
) -> Iterator[CheckRun]:
    tool = TOOLS[language]
    if not tool.installed:
        missing.append(f"{tool.program} is not installed, which checks {language}.")
        return
    headers = _header_folders(file, project)
    command = Command(
        tool.build(str(file.path), [str(each) for each in headers]),
        sources=[folder],
        readable=[*headers, *project.readable],
        trusted=True,
    )
    ran = run(command, project.limits)
    if header := _missing_header(ran, file.language):
        missing.append(f"{header} is not here, so {tool.name} cannot tell.")
        return
    yield CheckRun(tool.name, tool.proves, ran)


def _sketch(
    file: CodeFile, project: Project, folder: Path, missing: list[str]
) -> Iterator[CheckRun]:
    if not TOOLS["cpp"].installed:
        missing.append("g++ is not installed, which checks arduino.")
        return
    headers = _header_folders(file, project)
    board = board_library() if walls_hold() else None
    with _added(folder, SOURCE, to_cpp(file.code, file.path.name).encode()):
        command = Command(
            compile_command(headers) if board is None else run_command(headers),
            sources=[folder],
            readable=[BOARD_FOLDER, *headers, *project.readable],
            trusted=board is None,
        )
        with _added(folder, LIBRARY, board or b""):
            ran = run(command, project.limits)
    if header := _missing_header(ran, file.language):
        missing.append(f"The simulated board has no {header}, so it cannot tell.")
        return
    if board is None:
        missing.append(NO_BOARD if walls_hold() else ONLY_COMPILED)
    if board is None or ran.exit_code == NOT_COMPILED:
        yield CheckRun("g++ with the ESP32 board", "compiled", ran)
    else:
        yield CheckRun("a run on the simulated board", "ran", ran)


def _own_command(
    file: CodeFile, project: Project, folder: Path, missing: list[str]
) -> Iterator[CheckRun]:
    if not walls_hold():
        missing.append(f"`{project.command}` was not run: nothing shuts a program in here.")
        return
    sources = [project.folder, folder] if project.folder else [folder]
    command = Command(
        ["sh", "-c", project.command], sources=sources, readable=list(project.readable)
    )
    yield CheckRun(project.command, "ran", run(command, project.limits))


def _missing_header(ran: Ran, language: CodeLanguage | None) -> str:
    """A header that the compiler did not find: of a library that is not here, most often."""
    if language not in HEADED:
        return ""
    found = _NO_HEADER.search(ran.output)
    return found[1] if found else ""


def _header_folders(file: CodeFile, project: Project) -> list[Path]:
    """Where the file's own headers lie, for the languages that have some."""
    if project.folder is None or file.language not in HEADED:
        return []
    return [(project.folder / file.path).parent.resolve()]


@contextmanager
def _added(folder: Path, name: str, content: bytes) -> Iterator[None]:
    """A file that is there for one check alone."""
    path = folder / name
    path.write_bytes(content)
    try:
        yield
    finally:
        path.unlink()


@contextmanager
def _alone(file: CodeFile) -> Iterator[Path]:
    """A folder with nothing but the file, at its place."""
    with tempfile.TemporaryDirectory(prefix="sarai-check-") as name:
        folder = Path(name)
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_text(file.code, encoding="utf-8")
        yield folder
