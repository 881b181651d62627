"""Where nothing shuts a program in, only parsers and compilers run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
from core.errors import SandboxUnavailable
from core.sandbox import Command, Limits, run

source = Path(sys.argv[1])
ran = run(Command(["sh", "-c", "cat file.txt; touch new"], sources=[source], trusted=True))
print(ran.output, ran.shut_in, sep="|")
ran = run(Command(["sh", "-c", "sleep 60"], trusted=True), Limits(wall_s=0.2))
print(ran.ended)
try:
    run(Command(["cat", "file.txt"], sources=[source]))
except SandboxUnavailable as error:
    print(error)
"""


def test_only_what_is_trusted_runs(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("words")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env={"PATH": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    trusted, stopped, refused = done.stdout.splitlines()
    assert trusted == "words|False"
    assert stopped == "time"
    assert "install bubblewrap" in refused
    assert [each.name for each in tmp_path.iterdir()] == ["file.txt"]
