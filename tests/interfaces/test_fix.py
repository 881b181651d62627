"""`sarai fix`: what is shown, asked and written."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from core.errors import InvalidInput, StorageError
from core.interfaces.source_file import read_source, write_source
from tests.developer.scripted_models import configuration_saying
from tests.interfaces.conftest import Open, Sarai

BROKEN = "def doble(x):\n    return 2 * (x\n"
FIXED = "def doble(x):\n    return 2 * (x)\n"
REPLIES = {
    "analyst": "Falta un paréntesis en la línea 2.",
    "fixer": f"```python\n{FIXED}```\n",
    "writer": "Se cierra el paréntesis.",
}
TABLE = {"analyze": "analyst", "fix": "fixer", "document": "writer"}


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(configuration_saying(REPLIES, TABLE, tmp_path_factory.mktemp("models")))


@pytest.fixture
def file(tmp_path: Path, configuration: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SARAI_CONFIG", configuration)
    path = tmp_path / "doble.py"
    path.write_text(BROKEN)
    path.chmod(0o750)
    return path


def test_the_change_is_shown_and_not_written_unasked(sarai: Sarai, file: Path) -> None:
    ended = sarai("fix", str(file))
    assert ended.code == 0
    for part in ("Falta un paréntesis", "-    return 2 * (x", "+    return 2 * (x)", "Se cierra"):
        assert part in ended.answer
    assert "checking it ..." in ended.about
    assert "Passed: Python's compiler." in ended.about
    assert "Nothing was written." in ended.about
    assert file.read_text() == BROKEN


def test_yes_writes_and_keeps_what_was(sarai: Sarai, file: Path) -> None:
    ended = sarai("fix", str(file), "--yes")
    assert ended.code == 0
    backup = file.with_name("doble.py.before-fix")
    assert f"As it was: {backup}" in " ".join(ended.about.split())
    assert (file.read_text(), backup.read_text()) == (FIXED, BROKEN)
    assert file.stat().st_mode & 0o777 == 0o750


def test_it_asks_on_a_terminal(on_terminal: Open, file: Path, configuration: str) -> None:
    with on_terminal("fix", str(file), SARAI_CONFIG=configuration) as terminal:
        terminal.expect("[y/N]", within_s=60)
        assert file.read_text() == BROKEN
        terminal.press("s\r")
        assert terminal.wait() == 0
    assert file.read_text() == FIXED


def test_json_for_programs(sarai: Sarai, file: Path) -> None:
    ended = sarai("fix", str(file), "--error", "no compila", "--json")
    found = json.loads(ended.answer)
    assert found["success"] is True
    assert found["fixed_code"] == FIXED
    assert found["attempts"][0]["verdict"]["runs"][0]["ran"]["exit_code"] == 0
    assert file.read_text() == BROKEN


def test_a_language_that_its_name_does_not_tell(sarai: Sarai, tmp_path: Path, file: Path) -> None:
    plain = file.rename(tmp_path / "doble")
    assert sarai("fix", str(plain)).code == 2  # nothing to mend is known
    ended = sarai("fix", str(plain), "--language", "py")
    assert (ended.code, "Passed: Python's compiler." in ended.about) == (0, True)


def test_no_fix_is_told_and_fails(sarai: Sarai, tmp_path: Path, file: Path) -> None:
    other = tmp_path / "otro.py"
    other.write_text("def otro(:\n    pass\n")
    ended = sarai("fix", str(other), "--yes")
    assert ended.code == 1
    assert "No fix in 3 tries." in ended.answer
    assert "It removes otro." in ended.answer
    assert [each.name for each in tmp_path.glob("otro*")] == ["otro.py"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.py"], "cannot be read"),
        (["."], "is no file"),
        (["{file}", "--folder", "/usr"], "is not in /usr"),
        (["{file}", "--error-file", "missing.txt"], "cannot be read"),
        (["{file}", "--language", "cobol"], "Nothing checks 'cobol'"),
    ],
)
def test_bad_input(sarai: Sarai, file: Path, arguments: list[str], said: str) -> None:
    ended = sarai("fix", *(each.format(file=file) for each in arguments))
    assert ended.code == 2
    assert said in ended.about


def git(*arguments: str, folder: Path) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_what_git_has_needs_no_backup(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    path = tmp_path / "src" / "a.py"
    path.write_text(BROKEN)
    git("init", folder=tmp_path)
    git("add", ".", folder=tmp_path)
    git("commit", "-m", "a", folder=tmp_path)
    source = read_source(str(path))
    assert source.project() == tmp_path
    assert write_source(source, FIXED) is None
    changed = read_source(str(path))
    assert write_source(changed, BROKEN) == path.with_name("a.py.before-fix")


def test_backups_are_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    for number in range(3):
        path.write_text(f"x = {number}\n")
        write_source(read_source(str(path)), FIXED)
    kept = {each.name: each.read_text() for each in tmp_path.glob("a.py.*")}
    assert kept == {
        "a.py.before-fix": "x = 0\n",
        "a.py.before-fix.1": "x = 1\n",
        "a.py.before-fix.2": "x = 2\n",
    }


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text(BROKEN)
    (tmp_path / "link.py").symlink_to("real.py")
    write_source(read_source(str(tmp_path / "link.py")), FIXED)
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").read_text() == FIXED


def test_what_changed_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(BROKEN)
    source = read_source(str(path))
    path.write_text("mine\n")
    with pytest.raises(StorageError, match="changed meanwhile"):
        write_source(source, FIXED)
    assert path.read_text() == "mine\n"


def test_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_source(str(tmp_path / "a.py"))
    (tmp_path / "b.py").write_bytes(b"#" * (600 * 1024))
    with pytest.raises(InvalidInput, match="can be mended at once"):
        read_source(str(tmp_path / "b.py"))
