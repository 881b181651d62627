"""How well and how fast documents are found: `python -m benchmarks.retrieval`."""
