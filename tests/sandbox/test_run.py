"""A command runs on its copy, and how it ended is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.errors import SandboxUnavailable
from core.sandbox import Command, Limits, run

pytestmark = pytest.mark.usefixtures("walls_stand")


def test_later_sources_lie_over_earlier_ones(tmp_path: Path) -> None:
    for name, words in (("project", "old"), ("changes", "new")):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "sub" / "file.txt").write_text(words)
    (tmp_path / "project" / "other.txt").write_text("other")
    ran = run(
        Command(
            ["cat", "sub/file.txt", "other.txt"],
            sources=[tmp_path / "project", tmp_path / "changes"],
        )
    )
    assert (ran.output, ran.exit_code, ran.shut_in) == ("newother", 0, True)


def test_errors_and_output_come_in_order_and_with_the_exit_code() -> None:
    ran = run(Command(["sh", "-c", "echo one; echo two >&2; echo tres á; exit 7"]))
    assert ran.output == "one\ntwo\ntres á\n"
    assert ran.exit_code == 7
    assert not ran.succeeded
    assert ran.told() == "It ended with exit code 7."


def test_a_signal_is_told_as_a_shell_does() -> None:
    assert run(Command(["sh", "-c", "kill -SEGV $$"])).exit_code == 128 + 11


def test_a_program_that_is_missing() -> None:
    ran = run(Command(["no-such-program"]))
    assert ran.exit_code == 127
    assert "no-such-program" in ran.output


def test_this_python_is_inside_with_its_packages(tmp_path: Path) -> None:
    (tmp_path / "uses.py").write_text("import llama_cpp.llama_cpp, sys; print(sys.prefix)")
    ran = run(Command(["python3", "uses.py"], sources=[tmp_path]))
    assert ran.output == f"{sys.prefix}\n"


def test_folders_that_may_be_read(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\necho tool\n")
    (tmp_path / "tool").chmod(0o755)
    tmp_path.chmod(0o755)
    argv = [str(tmp_path / "tool")]
    assert run(Command(argv)).exit_code == 127
    assert run(Command(argv, readable=[tmp_path])).output == "tool\n"


def test_too_many_files_are_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * (2 << 20))
    with pytest.raises(SandboxUnavailable, match="room for 1 MiB"):
        run(Command(["true"], sources=[tmp_path]), Limits(workspace_mb=1))


def test_a_variable_of_the_command() -> None:
    ran = run(
        Command(["sh", "-c", "echo $SECONDS_SIMULATED"], environment={"SECONDS_SIMULATED": "5"})
    )
    assert ran.output == "5\n"
