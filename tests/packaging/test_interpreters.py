"""Which Python the set-up chooses, with real processes as candidates."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest
from set_up.interpreters import NEWEST, OLDEST, choose, find_interpreter, probe
from set_up.report import SetupError

from tests.packaging.checkout import REPOSITORY, make_script


def pretended_python(path: Path, version: tuple[int, int, int], *, ensurepip: bool = True) -> str:
    facts = [str(path), list(version), "linux-x86_64", True, True, ensurepip, False]
    return str(make_script(path, f"echo '{json.dumps(facts)}'"))


@pytest.fixture
def dead_shim(tmp_path: Path) -> str:
    return str(make_script(tmp_path / "shim", "echo 'command not found' >&2; exit 127"))


def test_the_running_python_is_probed_as_what_it_is() -> None:
    found = probe(sys.executable)
    assert found is not None
    assert found.version == sys.version_info[:3]
    assert found.suits


def test_a_virtual_environment_leads_to_the_python_behind_it() -> None:
    found = probe(sys.executable)
    assert found is not None
    assert not Path(found.path).is_relative_to(sys.prefix) or sys.prefix == sys.base_prefix


def test_dead_shims_and_old_versions_are_passed_over(tmp_path: Path, dead_shim: str) -> None:
    old = pretended_python(tmp_path / "old", (3, 9, 2))
    good = pretended_python(tmp_path / "good", (3, 12, 1))
    assert choose(["/nowhere/python3", dead_shim, old, good], uv=None).path == good


def test_a_complete_python_is_preferred_to_one_without_ensurepip(tmp_path: Path) -> None:
    bare = pretended_python(tmp_path / "bare", (3, 11, 2), ensurepip=False)
    whole = pretended_python(tmp_path / "whole", (3, 12, 1))
    assert choose([bare, whole], uv=None).path == whole
    assert choose([bare, whole], uv="uv").path == bare
    assert choose([bare], uv=None).path == bare


def test_too_old_names_what_was_found_and_looked_for(tmp_path: Path, dead_shim: str) -> None:
    old = pretended_python(tmp_path / "old", (3, 9, 2))
    with pytest.raises(SetupError) as raised:
        choose([dead_shim, old], uv=None)
    assert raised.value.message == (
        "Python is too old: found 3.9, need 3.11-3.13; "
        "looked for python3.13, python3.12, python3.11."
    )
    assert raised.value.hint


def test_too_new_is_not_called_too_old(tmp_path: Path) -> None:
    new = pretended_python(tmp_path / "new", (3, 14, 0))
    with pytest.raises(SetupError, match=r"No Python suits: found 3\.14"):
        choose([new], uv=None)


def test_a_python_hidden_behind_a_dead_shim_on_path_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_script(tmp_path / "shims" / "python3.12", "exit 127")
    good = pretended_python(tmp_path / "bin" / "python3.12", (3, 12, 1))
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'bin'}")
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    assert find_interpreter(uv=None).path == good


def test_uv_is_asked_before_giving_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = pretended_python(tmp_path / "elsewhere" / "python", (3, 13, 0))
    uv = make_script(tmp_path / "uv", f"echo {good}")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    assert find_interpreter(str(uv)).path == good


def test_the_range_is_that_of_the_project() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    upper = f"{NEWEST[0]}.{NEWEST[1] + 1}"
    assert project["requires-python"] == f">={OLDEST[0]}.{OLDEST[1]},<{upper}"
