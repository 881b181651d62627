"""Whose package `agents` is imported, asked in processes that would import another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.doctor.checks.agents_package import imported_folder

ROOT = Path(__file__).parents[2]
PROBE = """
import json
from core.doctor.checks.agents_package import check_agents_package
(found,) = check_agents_package(None)
print(json.dumps([found.status, found.found, found.cure]))
"""


def asked(*folders: Path, inside: Path = ROOT) -> tuple[str, str, str]:
    """What a process says whose imports begin with these folders."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROBE],
        cwd=inside,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    status, found, cure = json.loads(done.stdout)
    return status, found, cure


def test_our_own() -> None:
    assert asked(ROOT)[:2] == ("ok", f"SARAi's own, {ROOT / 'agents'}")


@pytest.mark.parametrize("file", ["agents/__init__.py", "agents.py"])
def test_a_foreign_one_that_comes_first(tmp_path: Path, file: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("class Agent: ...\n")
    status, found, cure = asked(tmp_path, ROOT)
    assert status == "fail"
    assert f"`agents` is imported from {tmp_path}" in found
    assert "pip uninstall openai-agents" in cure


def test_one_that_was_installed_over_ours(tmp_path: Path) -> None:
    for package in ("core", "agents"):
        (tmp_path / package).symlink_to(ROOT / package, target_is_directory=True)
    about = tmp_path / "openai_agents-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: openai-agents\nVersion: 0.1.0\n")
    status, found, cure = asked(tmp_path, inside=tmp_path)
    assert (status, "openai-agents is installed into the same folder" in found) == ("fail", True)
    assert "environment of its own" in cure


def test_none_at_all() -> None:
    assert imported_folder("surely_no_package_of_this_name") is None
