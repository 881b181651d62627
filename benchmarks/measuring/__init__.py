"""What the benchmarks of the engine share: other loops to compare with, ways to measure."""
