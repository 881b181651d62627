"""docs/doctor.md tells of every check."""

from __future__ import annotations

import re
from pathlib import Path

from core.doctor.table import CHECKS

PAGE = Path(__file__).parents[2] / "docs" / "doctor.md"


def test_every_check_has_its_line_in_the_order_of_the_table() -> None:
    lines = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert lines == [check.name for check in CHECKS]
