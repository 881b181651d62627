"""`python -m benchmarks.synthetic_models NAME --folder FOLDER`: write one model and keep it."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.synthetic_models.catalogue import MODELS, default_folder, write


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthetic_models")
    parser.add_argument("name", choices=sorted(MODELS))
    parser.add_argument("--folder", type=Path, default=default_folder())
    arguments = parser.parse_args()
    files = write(arguments.name, arguments.folder)
    print(files.gguf_path, *([files.mmproj_path] if files.mmproj_path else []), sep="\n")


if __name__ == "__main__":
    main()
