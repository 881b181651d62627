"""What is wrong in a file is said in plain words, at its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ConfigError
from core.settings import load_settings
from tests.settings.conftest import Refuse

HEAD = "# a comment\nruntime:\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD + "  budget_mb: 1\n  threads: 2\n  budget_mb: 3\n", 5, "twice, first in line 3"),
        (HEAD + "\tbudget_mb: 1\n", 3, "A tab stands here"),
        (HEAD + "  threads: 1\n bad\n", 4, "not valid YAML"),
        ("runtime: {\nthreads: 'open\n\n\n", 2, "not valid YAML"),
        ("\n- a\n- b\n", 2, "must hold keys and values"),
        ("just words", 1, "must hold keys and values"),
        ("a: &x 1\nb: *x\n", 2, "alias"),
        ("a: &x {b: 1}\nc: &y [*x, *x]\n", 2, "alias"),
        ("x: 1\na: !!python/name:os.system 1\n", 2, "tag"),
        ("a: !!set {x}\n", 1, "tag"),
        ("runtime: !mine\n  threads: 2\n", 1, "tag"),
        ("a: [!!timestamp 2024-01-01]\n", 1, "tag"),
        ("runtime: {}\n\n1: 2\n", 3, "key must be a word"),
        ("yes: 2\n", 1, "key must be a word"),
        (HEAD + "  budget_mb: 0x_\n", 3, "cannot be read"),
        (HEAD + f"  budget_mb: 0x{'f' * 5000}\n", 3, "cannot be read"),
        ('x: "\\ud800"\n', 1, "cannot be read"),
        ("a: 1\nb: \x07\n", 2, "control character"),
        ("a: 1\n---\nb: 1\n", 2, "another document"),
        ("a: " + "[" * 5000, 1, "nested too deeply"),
        ("".join(" " * level + "a:\n" for level in range(40)), 32, "nested too deeply"),
    ],
)
def test_syntax(refuse: Refuse, file: Path, text: str, line: int, words: str) -> None:
    error = refuse(text)
    assert words in error.message
    assert (error.path, error.line) == (file, line)


def test_not_utf8(file: Path) -> None:
    file.write_bytes("name: Señor".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_settings(file, environ={})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_settings(tmp_path, environ={})


def test_a_byte_order_mark_is_no_error(file: Path) -> None:
    file.write_bytes("\ufeffruntime: {gpu_layers: 7}".encode())
    assert load_settings(file, environ={}).runtime.gpu_layers == 7


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (HEAD + "  budgt_mb: 1\n", 3, "runtime.budgt_mb is not a setting.", "runtime.budget_mb?"),
        ("\nbudget_mb: 1\n", 2, "budget_mb is not a setting.", "runtime.budget_mb?"),
        ("runtim: {}\n", 1, "runtim is not a setting.", "Did you mean runtime?"),
        ("runtime: {zzzzzz: 1}\n", 1, "runtime.zzzzzz is not a setting.", "configuration.md"),
        ("models:\n  solar_gguf:\n    prority: low\n", 3, "models.solar_gguf.prority", "priority?"),
        (HEAD + "  budget_mb: true\n", 3, "must be a whole number, not true.", ""),
        (HEAD + "  budget_mb: '9000'\n", 3, "must be a whole number, not '9000'.", ""),
        (HEAD + "  budget_mb: 0\n", 3, "must be greater than 0, not 0.", ""),
        (HEAD + "  threads: 1.5\n", 3, "must be a whole number or 'auto', not 1.5.", ""),
        ("runtime: 3\n", 1, "must be a section with keys and values, not 3.", ""),
        ("models: [1]\n", 1, "models must be a section", ""),
        ("models:\n  a: 3\n", 2, "models.a must be a section", ""),
        ("models:\n  a:\n    name: 3\n", 3, "models.a.name must be text, not 3.", "quotes"),
        ("models:\n\n  a: {gguf_file: x}\n", 3, "models.a.name is missing.", "Add it."),
        ("models:\n\n  a: {name: x}\n", 3, "models.a: a llama model needs gguf_file.", ""),
        ("models:\n  a: {name: x, engine: ollama}\n", 2, "needs ollama_model", ""),
        ("media:\n  allowed_folders:\n    - 3\n", 2, "media.allowed_folders must be text", ""),
        ("media: {allowed_folders: /a}\n", 1, "must be a list", ""),
        ("ollama: {read_timeout_s: .inf}\n", 1, "must be a finite number", ""),
        ("voice:\n  speak: 'yes'\n", 2, "voice.speak must be true or false, not 'yes'.", ""),
    ],
)
def test_types(refuse: Refuse, text: str, line: int, message: str, hint: str) -> None:
    error = refuse(text)
    assert message in error.message
    assert error.line == line
    assert hint in error.hint


def test_the_topmost_of_several_comes_first(refuse: Refuse) -> None:
    error = refuse("voice: {speak: 1}\nruntime: {budget_mb: x}\nmedia: {video_fps: -1}\n")
    assert error.line == 1
    assert "(2 more after this.)" in error.message


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(alphabet="ab:{}[]&*!-'\"\n\t 01.~#|>%@\\", max_size=40))
def test_no_text_ends_in_another_error(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    try:
        load_settings(file, environ={})
    except ConfigError as error:
        assert str(file) in str(error)
