"""Two who begin the same index at the same moment both end with all of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from core.retrieval.index import DocumentIndex
    from tests.retrieval.conftest import OpenIndex

FILES = 12


@pytest.mark.parametrize("attempt", range(3))
def test_nobody_makes_the_store_anew_under_another(
    open_index: OpenIndex, tmp_path: Path, attempt: int
) -> None:
    for number in range(FILES):
        (tmp_path / f"{number}.txt").write_text(f"El faro número{number} está en la costa.\n")
    both = [open_index(), open_index()]
    together = Barrier(len(both))

    def built(index: DocumentIndex) -> None:
        together.wait()
        index.index([tmp_path])

    with ThreadPoolExecutor(len(both)) as pool:
        list(pool.map(built, both))
    found = [passage.path for passage in both[attempt % 2].search("número7").passages]
    assert found == [str(tmp_path / "7.txt")]
