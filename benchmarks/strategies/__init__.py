"""Which table of models mends code best: success, time and memory of each strategy.

Owns the parts of `python -m benchmarks.strategies`.
"""
