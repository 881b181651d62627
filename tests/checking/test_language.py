"""A file's language, by its name or its first line."""

from __future__ import annotations

import pytest

from core.checking import CodeLanguage, language_of


@pytest.mark.parametrize(
    ("name", "code", "language"),
    [
        ("a.py", "", "python"),
        ("src/blink.ino", "", "arduino"),
        ("MAIN.CPP", "", "cpp"),
        ("list.h", "", "c"),
        ("x.mjs", "", "javascript"),
        ("compose.yml", "", "yaml"),
        ("run", "#!/usr/bin/env python3.12\n", "python"),
        ("run", "#!/bin/bash -e\necho", "shell"),
        ("run", "#!/usr/bin/env -S node --x\n", "javascript"),
        ("notes.txt", "#!", None),
        ("Makefile", "all:\n", None),
    ],
)
def test_language_of(name: str, code: str, language: CodeLanguage | None) -> None:
    assert language_of(name, code) == language
