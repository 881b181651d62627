"""Whole routing on written prompts: classify, weigh, route."""

from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from core.routing.classifier import Classifier
from core.routing.control_plane import weigh
from core.routing.route import choose_route
from core.state import Scores

Probes = dict[str, dict[str, list[str]]]
PROBES = cast(
    "dict[str, Probes]",
    yaml.safe_load((Path(__file__).parent / "probes.yaml").read_text(encoding="utf-8")),
)
CLASSIFIER = Classifier.load()


def route_of(text: str) -> str:
    found = CLASSIFIER.classify(text)
    scores: Scores = {
        "hard": found.hard,
        "soft": found.soft,
        "web_query": found.web_query,
        "doc_match": 0.0,
    }
    return choose_route(scores, weigh(scores).alpha).route


def misses(probes: dict[str, list[str]]) -> tuple[int, list[Any]]:
    wanted = [(text, route) for route, texts in probes.items() for text in texts]
    wrong = [(text, route, got) for text, route in wanted if (got := route_of(text)) != route]
    return len(wanted), wrong


def test_there_are_enough_probes() -> None:
    assert sum(misses(PROBES["plain"][language])[0] for language in ("es", "en")) >= 80
    assert sum(misses(PROBES["adversarial"][language])[0] for language in ("es", "en")) >= 20


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    ("kind", "floor"), [("plain", 0.95), ("adversarial", 0.80), ("fresh", 0.75)]
)
def test_route_accuracy(kind: str, floor: float, language: str) -> None:
    count, wrong = misses(PROBES[kind][language])
    assert 1 - len(wrong) / count >= floor, wrong


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_language_of_every_plain_probe_is_seen(language: str) -> None:
    texts = [text for route in PROBES["plain"][language].values() for text in route]
    wrong = [text for text in texts if CLASSIFIER.classify(text).language != language]
    assert not wrong


@pytest.mark.parametrize("language", ["es", "en"])
def test_accents_and_case_change_no_route(language: str) -> None:
    texts = [text for route in PROBES["plain"][language].values() for text in route]
    plain = str.maketrans("áéíóúñÁÉÍÓÚÑ", "aeiounAEIOUN")
    changed = [
        text
        for text in texts
        if not route_of(text) == route_of(text.upper()) == route_of(text.translate(plain))
    ]
    # Upper case hides what the form of a formula or of code says.
    assert len(changed) <= 1, changed
