"""The strategies as bars: measured beside claimed.

Owns the drawing (SVG); knows nothing of how it was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from benchmarks.strategies.claims import CLAIMED, Claim
from benchmarks.strategies.measure import StrategyResult

WIDTH, LABEL, BAR, ROW, GAP = 720, 90, 480, 16, 10
MEASURED, CLAIM = "#2a6fbb", "#c9c9c9"

Panel = tuple[str, Callable[[StrategyResult], float], Callable[[Claim], float]]
PANELS: Sequence[Panel] = (
    ("seconds for each case", lambda made: made.mean_s, lambda claim: claim.avg_time_s),
    ("mean RAM, GB", lambda made: made.mean_ram_gb, lambda claim: claim.avg_ram_gb),
    ("mended, %", lambda made: made.success_rate, lambda claim: claim.success_rate),
)


def chart(results: Sequence[StrategyResult]) -> str:
    """One panel for each figure; a strategy that was not measured has only its claim. Who was asked
    stands below: it may have been the same model for all."""
    parts: list[str] = []
    y = 24
    for title, measured, claimed in PANELS:
        parts.append(_text(0, y, title, bold=True))
        y += ROW
        y = _panel(parts, y, results, measured, claimed)
    models = ", ".join(sorted({name for made in results for name in made.models}))
    by = f", by {models}" if models else ""
    parts.append(_text(0, y, f"blue: measured{by}; grey: claimed by the document that names them"))
    body = "\n".join(parts)
    size = f'width="{WIDTH}" height="{y + ROW}" viewBox="0 0 {WIDTH} {y + ROW}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">'
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return f"{opening}\n{paper}\n{body}\n</svg>\n"


def _panel(
    parts: list[str],
    y: int,
    results: Sequence[StrategyResult],
    measured: Callable[[StrategyResult], float],
    claimed: Callable[[Claim], float],
) -> int:
    rows = [
        (
            made.strategy,
            None if made.problem else measured(made),
            claimed(CLAIMED[made.strategy]) if made.strategy in CLAIMED else None,
        )
        for made in results
    ]
    longest = max((value for _, *values in rows for value in values if value), default=1.0)
    for name, *values in rows:
        parts.append(_text(0, y + ROW, name))
        for value, colour in zip(values, (MEASURED, CLAIM), strict=True):
            if value is not None:
                length = BAR * value / longest
                parts.append(
                    f'<rect x="{LABEL}" y="{y + 4}" width="{length:.0f}" height="{ROW - 4}" '
                    f'fill="{colour}"/>'
                )
                parts.append(_text(LABEL + length + 6, y + ROW - 2, f"{value:.3g}"))
                y += ROW
        y += GAP
    return y + ROW


def _text(x: float, y: float, words: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="12"{weight}>{escape(words)}</text>'
