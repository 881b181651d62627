"""Sizes of files as people read them."""

from __future__ import annotations


def gigabytes(size_bytes: int) -> str:
    """Decimal, as the hub and disks count: `20.3 MB`, `2.50 GB`, `14.1 GB`."""
    if size_bytes < 10**9:
        return f"{size_bytes / 1e6:.1f} MB"
    return f"{size_bytes / 1e9:.2f} GB" if size_bytes < 10**10 else f"{size_bytes / 1e9:.1f} GB"
