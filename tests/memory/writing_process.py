"""A process that remembers one fact after the other: python -m tests.memory.writing_process."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from core.memory.memory import Memory
from core.storage.folder import open_data_folder
from tests.retrieval.conftest import pool_with

if __name__ == "__main__":
    root, name, count = sys.argv[1:]
    pool = pool_with(open_data_folder(Path(root)), {})
    with closing(pool), Memory(pool) as memory:
        for number in range(int(count)):
            kept = memory.remember(f"faro marca{number}{name}")
            if number % 10 == 0:
                memory.search("faro")
            print(kept.text, flush=True)
