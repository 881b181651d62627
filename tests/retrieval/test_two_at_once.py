"""Two processes that begin the same index at the same moment both end with all of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from core.storage.folder import DataFolder

if TYPE_CHECKING:
    from tests.retrieval.conftest import OpenIndex

FILES = 12
INDEXER = """
import sys
from pathlib import Path
from core.retrieval.index import DocumentIndex
from core.storage.folder import open_data_folder
from tests.retrieval.pools import pool_with

pool = pool_with(open_data_folder(Path(sys.argv[1])), {})
print("ready", flush=True)
sys.stdin.readline()
with DocumentIndex(pool) as index:
    index.index([sys.argv[2]])
    print(len(index.search("número7").passages), flush=True)
pool.close()
"""


def test_nobody_makes_the_store_anew_under_another(
    open_index: OpenIndex, folder: DataFolder, tmp_path: Path
) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(FILES):
        (documents / f"{number}.txt").write_text(f"El faro número{number} está en la costa.\n")
    command = [sys.executable, "-c", INDEXER, str(folder.root), str(documents)]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate()[0] for process in both] == ["1\n", "1\n"]
    found = [passage.path for passage in open_index().search("número7").passages]
    assert found == [str(documents / "7.txt")]
