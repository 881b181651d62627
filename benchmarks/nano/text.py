"""What the embedded text model gets right, through llama.cpp's worker on the shipped file.

Questions on passages of held-out topics, templates and words, asked as the rag agent asks;
held-out phrases of talk, feelings and sums; and whether what is beyond it is refused, on a
list written for this and on clinc150's out-of-scope questions where that set is present.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from agents.agent import Agent, Question
from agents.prompting import fit_messages
from agents.rag import RAG
from agents.tiny import TINY
from benchmarks.report import ROOT, Figure, data_folder, median_figure, not_measured, run
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import GenerationRequest, TextDelta
from core.engines.spec import EngineSpec
from core.retrieval.citations import cited_numbers, prompt_blocks
from core.retrieval.passage import Passage as Found
from core.state import PastTurn
from models.nano.text.arithmetic import small_sum
from models.nano.text.chat import beyond, feelings, intents
from models.nano.text.passages import NOT_FOUND, Shape, Turn, reading
from models.nano.text.word_lists import DATA, Language
from models.nano.text.words import Words

GGUF = ROOT / "models" / "nano" / "weights" / "text.gguf"
CONTEXT_TOKENS = 2048
LONGEST_ANSWER_TOKENS = 96
EXTRACTION_GOAL = 0.70
REFUSAL_GOAL = 0.90
LANGUAGES: tuple[Language, Language] = ("en", "es")
MOST_PASSAGES = 5
FACTS = (1, 2, 3, 4, 5)
PER_SIZE = 40
"""Questions on each number of passages in each language."""

OUT_OF_SCOPE_ROWS = 300
COMMANDS_ASKED = ("`", "@", "Ctrl-")


@dataclass
class Talker:
    """The shipped model in its worker, asked as agents ask."""

    engine: LlamaEngine
    loaded_s: float
    seconds: list[float] = field(default_factory=list)

    def ask(
        self,
        agent: Agent,
        asked: str,
        language: Language,
        *,
        sources: tuple[str, ...] = (),
        history: Sequence[PastTurn] = (),
    ) -> str:
        """The answer without chance."""
        question = Question((asked,), language, tuple(history), sources=sources)
        messages = fit_messages(agent, question, self.engine, LONGEST_ANSWER_TOKENS).messages
        request = GenerationRequest(messages, LONGEST_ANSWER_TOKENS, temperature=0)
        started_s = time.perf_counter()
        items = list(self.engine.generate(request))
        self.seconds.append(time.perf_counter() - started_s)
        return "".join(item.text for item in items if isinstance(item, TextDelta)).strip()


@contextmanager
def talker(gguf: Path = GGUF, *, threads: int = 2) -> Iterator[Talker]:
    spec = EngineSpec(
        model="nano_text",
        engine="llama",
        context_tokens=CONTEXT_TOKENS,
        threads=threads,
        gguf_path=gguf,
    )
    started_s = time.perf_counter()
    engine = LlamaEngine.open(spec)
    try:
        yield Talker(engine, time.perf_counter() - started_s)
    finally:
        engine.close()


def measure() -> list[Figure]:
    """All figures of this benchmark."""
    with talker() as model:
        return [
            *extraction(model),
            written(model),
            *talk(model),
            *refusals(model),
            median_figure("process started and model loaded", [model.loaded_s], "s", at_most=1),
            Figure("question to answer, median", statistics.median(model.seconds), "s"),
            median_figure("question to answer, longest", [max(model.seconds)], "s", at_most=2),
        ]


def found(passages: Sequence[tuple[str, str]]) -> list[Found]:
    """(heading, text) as the search would give them."""
    return [
        Found(f"notes/{number}.md", 1, 3, heading, text, 1.0)
        for number, (heading, text) in enumerate(passages, 1)
    ]


def extraction(model: Talker, per_size: int = PER_SIZE) -> list[Figure]:
    """Exact answers and right citations on held-out topics."""
    exact: dict[str, list[bool]] = defaultdict(list)
    cited: list[bool] = []
    told: list[bool] = []
    for language in LANGUAGES:
        for count in range(1, MOST_PASSAGES + 1):
            for sources, turn in _held_out(language, count, per_size):
                answer = model.ask(RAG, turn.question, language, sources=sources)
                if turn.answer == NOT_FOUND[language]:
                    told.append(answer == turn.answer)
                    continue
                right = _value(answer) == _value(turn.answer)
                for kind in ("all", language, f"{count} passages"):
                    exact[kind].append(right)
                cited.append(cited_numbers(answer) == cited_numbers(turn.answer))
    shares = {kind: round(_share(marks), 3) for kind, marks in exact.items()}
    total = _share(exact["all"])
    name = "answers extracted exactly from held-out topics and templates (by kind: peers)"
    goal = f">= {EXTRACTION_GOAL:g}"
    return [
        Figure(name, total, "ratio", goal, total >= EXTRACTION_GOAL, peers=shares),
        Figure("the right passage cited", _share(cited), "ratio"),
        Figure("questions that the passages do not answer, told so", _share(told), "ratio"),
    ]


def _held_out(
    language: Language, count: int, questions: int
) -> Iterator[tuple[tuple[str, ...], Turn]]:
    """One question on each of `questions` readings of `count` passages."""
    w = Words(language, random.Random(f"held out {language} {count}"), "heldout")
    shape = Shape((count,), FACTS, 3)
    given = 0
    while given < questions:
        made = reading(w, shape)
        if made.turns:
            passages = found([(each.heading, each.text) for each in made.passages])
            yield prompt_blocks(passages), w.random.choice(made.turns)
            given += 1


def _value(answer: str) -> str:
    """The answer without its citation and full stop."""
    return answer.split(" [", maxsplit=1)[0].rstrip(". ")


def written(model: Talker) -> Figure:
    """Passages that no template made; the answer counts where it holds the words wanted."""
    stored = yaml.safe_load((DATA / "written.yaml").read_text(encoding="utf-8"))
    right = []
    for language in LANGUAGES:
        for *texts, asked in stored[language]:
            sources = prompt_blocks(found([("", text) for text in texts]))
            for question, value in asked.items():
                answer = model.ask(RAG, question, language, sources=sources)
                right.append(_value(answer) == value)
    name = f"answers extracted exactly from passages written by hand ({len(right)})"
    return Figure(name, _share(right), "ratio")


def talk(model: Talker) -> list[Figure]:
    """Held-out phrases: SARAi and its commands, small talk, feelings, sums."""
    marks: dict[str, list[bool]] = defaultdict(list)
    rng = random.Random(3)
    for language in LANGUAGES:
        for intent in intents(language):
            is_command = any(sign in intent.answer for sign in COMMANDS_ASKED)
            kind = "SARAi and its commands" if is_command else "small talk"
            for phrase in intent.heldout:
                marks[kind].append(model.ask(TINY, phrase, language) == intent.answer)
        for intent in feelings(language):
            for phrase in intent.heldout:
                marks["feelings"].append(model.ask(TINY, phrase, language) == intent.answer)
        for _ in range(60):
            turn = small_sum(Words(language, rng), heldout=True)
            marks["sums"].append(model.ask(TINY, turn.question, language) == turn.answer)
        marks["after other turns"] += _after_history(model, language, rng)
    return [
        Figure(f"held-out phrases answered rightly: {kind} ({len(each)})", _share(each), "ratio")
        for kind, each in marks.items()
    ]


def _after_history(model: Talker, language: Language, rng: random.Random) -> Iterator[bool]:
    """Whether the last message is answered, and not one of those before it."""
    known = [*intents(language), *feelings(language)]
    for _ in range(30):
        *before, last = rng.sample(known, 4)
        history = [
            PastTurn(user=rng.choice(each.heldout), assistant=each.answer) for each in before
        ]
        phrase = rng.choice(last.heldout)
        yield model.ask(TINY, phrase, language, history=history) == last.answer


def refusals(model: Talker) -> list[Figure]:
    """Out-of-scope questions that are refused with the command that helps."""
    own = [
        _refused(model, question, language)
        for language in LANGUAGES
        for question in beyond(language).heldout
    ]
    share, goal = _share(own), f">= {REFUSAL_GOAL:g}"
    name = f"out-of-scope questions refused ({len(own)}, written for this)"
    return [Figure(name, share, "ratio", goal, share >= REFUSAL_GOAL), _clinc(model)]


def _clinc(model: Talker) -> Figure:
    name = "out-of-scope questions of clinc150's test split refused"
    folder = data_folder()
    path = folder / "routing" / "clinc150" / "data_full.json" if folder else None
    if path is None or not path.is_file():
        return not_measured(name, "ratio", "needs the evaluation data, see SARAI_DATA")
    rows = json.loads(path.read_text(encoding="utf-8"))["oos_test"]
    asked = random.Random(4).sample([text for text, _ in rows], OUT_OF_SCOPE_ROWS)
    share = _share([_refused(model, question, "en") for question in asked])
    name = f"{name} ({len(asked)} of {len(rows)})"
    return Figure(name, share, "ratio", f">= {REFUSAL_GOAL:g}", share >= REFUSAL_GOAL)


def _refused(model: Talker, question: str, language: Language) -> bool:
    """In either language: a name can make a short question look like the other one."""
    answer = model.ask(TINY, question, language)
    return answer in {beyond(each).answer for each in LANGUAGES}


def _share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks)


if __name__ == "__main__":
    run("nano.text", measure)
