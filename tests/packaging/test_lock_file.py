"""The lock file: whole, hashed, and silent about where it was made."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from set_up.lock_file import read_lock

from tests.packaging.checkout import REPOSITORY

LOCK = REPOSITORY / "requirements.lock"


def test_no_host_is_named() -> None:
    text = LOCK.read_text()
    assert "://" not in text
    assert "index-url" not in text
    assert " @ " not in text


def test_every_requirement_is_pinned_and_has_hashes() -> None:
    locked = read_lock(LOCK)
    unindented = [line for line in LOCK.read_text().splitlines() if line[:1].strip()]
    assert len(locked) == len(unindented)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", each.text) for each in locked)


def test_every_dependency_is_locked_at_a_version_it_allows() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    versions: dict[str, list[str]] = {}
    for each in read_lock(LOCK):
        versions.setdefault(each.name, []).append(each.version)
    for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        wanted = Requirement(line)
        locked = versions.get(canonicalize_name(wanted.name), [])
        assert locked, f"{wanted.name} is missing: make lock"
        assert all(wanted.specifier.contains(version) for version in locked), line


def test_what_the_set_up_itself_needs_is_locked() -> None:
    names = {each.name for each in read_lock(LOCK)}
    assert {"pip", "hatchling", "editables", "llama-cpp-python"} <= names
