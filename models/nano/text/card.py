"""Writes the model card: `python -m models.nano.text.card --run RUN --figures FILE`.

FILE is the JSON report of `python -m benchmarks.nano.text --json`, so that the card holds no
figure that was not measured.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from string import Template
from typing import Any

from tokenizers import Tokenizer

from models.nano.network.training import LOG
from models.nano.text.export import CONTEXT_TOKENS, WEIGHTS_FOLDER
from models.nano.text.train import LONGEST_ROW, TOKENIZER, new_tower

TEMPLATE = Path(__file__).parent / "card.md"


def card(run: Path, report: dict[str, Any], gguf: Path) -> str:
    """The text of the card for the model of `run`."""
    tower = new_tower(Tokenizer.from_file(str(run / TOKENIZER)))
    config = tower.config
    last = (run / LOG).read_text(encoding="utf-8").splitlines()[-1]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        parameters=f"{sum(p.numel() for p in tower.parameters()) / 1e6:.1f}",
        layers=config.layers,
        width=config.width,
        heads=config.heads,
        kv_heads=config.kv_heads,
        vocabulary=config.vocabulary,
        size=f"{gguf.stat().st_size / 2**20:.1f}",
        context=CONTEXT_TOKENS,
        longest=LONGEST_ROW,
        steps=last.split("step ")[1].split()[0],
        training=(run / "training.txt").read_text(encoding="utf-8").strip(),
        figures=figure_table(report["figures"]),
    )


def figure_table(figures: list[dict[str, Any]]) -> str:
    rows = ["| | measured | goal |", "|---|---|---|"]
    for figure in figures:
        value = figure["value"]
        shown = "not measured" if value is None else f"{value:.3f} {figure['unit']}"
        rows.append(f"| {figure['name']} | {shown} | {figure['goal']} |")
        for kind, share in figure["peers"].items():
            rows.append(f"| - {kind} | {share} | |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.nano.text.card")
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=WEIGHTS_FOLDER)
    options = parser.parse_args()
    report = json.loads(options.figures.read_text(encoding="utf-8"))
    text = card(options.run, report, options.folder / "text.gguf")
    (options.folder / "text.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
