"""The shipped classifier on the project's held-out sets, tests/routing/heldout/*.yaml.

A file holds `prompts`: each has `es` and `en`, or `text` and `language`, and what is known
of `task`, `route`, `hard`, `soft` and `web_query` (yes or no). Whoever trains does not read
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.report import ROOT, Figure, not_measured
from benchmarks.routing.shipped import route_of
from benchmarks.routing.statistics import accuracy, calibration_error, figure, macro_f1
from core.routing.classifier import Classifier

FOLDER = ROOT / "tests" / "routing" / "heldout"
LANGUAGES = ("es", "en")
SCORES = ("hard", "soft", "web_query")


def measure(_: Path) -> Iterator[Figure]:
    """Task, route and calibration of every held-out file."""
    files = sorted(FOLDER.glob("*.yaml"))
    if not files:
        yield not_measured("held-out sets", "", "tests/routing/heldout has none")
    for file in files:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
        prompts = read.get("prompts") if isinstance(read, dict) else read
        if not isinstance(prompts, list):
            yield not_measured(f"held-out {file.stem}", "", "it has no list of prompts")
            continue
        for language in LANGUAGES:
            yield from _figures(file.stem, language, list(_asked(prompts, language)))


def _asked(prompts: list[dict[str, Any]], language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for prompt in prompts:
        text = prompt.get(language)
        if text is None and prompt.get("language") == language:
            text = prompt.get("text")
        if isinstance(text, str):
            yield text, prompt


def _figures(name: str, language: str, asked: list[tuple[str, dict[str, Any]]]) -> Iterator[Figure]:
    classifier = Classifier.load()
    judged = [(classifier.classify(text), text, prompt) for text, prompt in asked]
    tasks = [(prompt["task"], found.task) for found, _, prompt in judged if prompt.get("task")]
    if tasks:
        wanted, said = (np.array(column) for column in zip(*tasks, strict=True))
        title = f"held-out {name}, task, macro-F1, {language}"
        yield figure(title, macro_f1, wanted, said, at_least=0.85)
    routes = [
        (prompt["route"], route_of(classifier, text))
        for _, text, prompt in judged
        if prompt.get("route")
    ]
    if routes:
        wanted, said = (np.array(column) for column in zip(*routes, strict=True))
        yield figure(f"held-out {name}, route, {language}", accuracy, wanted, said, at_least=0.9)
    for score in SCORES:
        known = [(float(p[score]), getattr(f, score)) for f, _, p in judged if score in p]
        if known:
            yes, chances = (np.array(column, float) for column in zip(*known, strict=True))
            title = f"held-out {name}, calibration error of {score}, {language}"
            yield figure(title, calibration_error, yes, chances, at_most=0.05)
