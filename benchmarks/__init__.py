"""Measurements in one form: `python -m benchmarks.NAME --json`, `python -m benchmarks --all`.

Figures are ratios or medians taken side by side in one run; goals stand beside them and
decide nothing: a benchmark fails only when it cannot measure.
"""
