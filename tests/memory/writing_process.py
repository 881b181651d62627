"""A process that remembers a fact for each line of its input, and prints it once it is kept.

python -m tests.memory.writing_process DATA_FOLDER NAME
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from core.memory.memory import Memory
from core.storage.folder import open_data_folder
from tests.retrieval.pools import pool_with

if __name__ == "__main__":
    root, name = sys.argv[1:]
    pool = pool_with(open_data_folder(Path(root)), {})
    with closing(pool), Memory(pool) as memory:
        for number, _ in enumerate(sys.stdin):
            kept = memory.remember(f"faro marca{number}{name}")
            if number % 5 == 0:
                memory.search("faro")
            print(kept.text, flush=True)
