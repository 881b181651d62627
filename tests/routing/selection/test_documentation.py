"""docs/selection.md shows code that runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "selection.md"


def test_the_code_of_the_page_runs_and_says_what_it_says() -> None:
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(code) == 1
    checked = code[0] + (
        "assert create_default_selector().get_model_for_task('fix') == 'qwen2.5-coder:14b'\n"
        "assert selector.get_model_for_task('fix') == 'deepseek-coder:16b'\n"
    )
    command = [sys.executable, "-c", checked]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
