"""What the embedded models get right: `python -m benchmarks.nano --json`."""
