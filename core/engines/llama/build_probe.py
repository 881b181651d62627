"""A process that loads what a worker loads, tells which llama.cpp that is, and ends.

Started by `build` as `python -m core.engines.llama.build_probe`. Writes one line of JSON.
"""

from __future__ import annotations

import json

import llama_cpp.llama_cpp as llama
from llama_cpp import __file__ as package_file
from llama_cpp import __version__ as version

import core.engines.llama.serving.chat_model  # noqa: F401  # all that a worker needs of libraries


def main() -> None:
    """Entry point of the process."""
    build = {
        "version": version,
        "path": package_file,
        "system_info": llama.llama_print_system_info().decode("utf-8", "replace"),
        "gpu_offload": bool(llama.llama_supports_gpu_offload()),
    }
    print(json.dumps(build))


if __name__ == "__main__":
    main()
