"""Numbered passages with questions: what the rag agent's model is asked.

Owns how facts become passages, which questions have one answer in them, and how that answer
is given: the value and the number of its source.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from models.nano.text.facts import (
    Asked,
    Fact,
    Subject,
    any_topic,
    attribute_subject,
    event_subject,
    sentence_case,
    topic_subject,
)
from models.nano.text.words import Language, Words

NOT_FOUND = {
    "en": "The passages do not answer that.",
    "es": "Los pasajes no responden a eso.",
}
UNANSWERABLE_SHARE = 0.01
ASIDE_SHARE = 0.06
FILLER_SHARE = 0.12
TOPIC_SHARE = {"train": 0.7, "heldout": 1.0}


@dataclass(frozen=True)
class Passage:
    text: str
    heading: str = ""


@dataclass(frozen=True)
class Turn:
    question: str
    answer: str


@dataclass(frozen=True)
class Reading:
    """Passages, and turns that ask about them. `numbered` as sources, else plain context."""

    language: Language
    passages: tuple[Passage, ...]
    turns: tuple[Turn, ...]
    numbered: bool = True


@dataclass(frozen=True)
class Shape:
    """How large a reading is."""

    passages: tuple[int, ...]
    facts: tuple[int, ...]
    questions: int


SHAPES = {
    "tiny": Shape((1, 1, 2), (1, 2), 3),
    "short": Shape((1, 2, 2, 3), (1, 2, 2, 3), 5),
    "full": Shape((1, 2, 3, 4, 4, 5), (2, 2, 3, 3, 4, 5), 8),
}


def reading(w: Words, shape: Shape, *, numbered: bool = True) -> Reading:
    """A new reading; the order of passages and questions is random."""
    r = w.random
    subjects = _subjects(w, r.choice(shape.passages), shape)
    r.shuffle(subjects)
    passages = tuple(_passage(w, subject, numbered=numbered) for subject in subjects)
    answerable, unsaid = _questions(subjects)
    turns = []
    for _ in range(r.randint(1, shape.questions)):
        if unsaid and (not answerable or r.random() < UNANSWERABLE_SHARE):
            turns.append(Turn(_varied(w, r.choice(unsaid).question), NOT_FOUND[w.language]))
        elif answerable:
            asked, number = answerable.pop(r.randrange(len(answerable)))
            answer = f"{asked.answer} [{number}]." if numbered else f"{asked.answer}."
            turns.append(Turn(_varied(w, asked.question), answer))
    return Reading(w.language, passages, tuple(turns), numbered)


def _subjects(w: Words, count: int, shape: Shape) -> list[Subject]:
    """Often of one topic, so that only the entity tells which passage is meant."""
    r = w.random
    topic = any_topic(w)
    subjects = []
    for _ in range(count):
        facts = r.choice(shape.facts)
        draw = r.random()
        share = TOPIC_SHARE[w.split]
        if draw < share:
            if r.random() < 0.5:
                topic = any_topic(w)
            subjects.append(topic_subject(w, topic, facts))
        elif draw < share + (1 - share) / 2:
            subjects.append(attribute_subject(w, facts))
        else:
            subjects.append(event_subject(w, facts))
    return subjects


def _passage(w: Words, subject: Subject, *, numbered: bool) -> Passage:
    r = w.random
    facts = list(subject.facts)
    lead = facts[0].names_it
    if r.random() < 0.5:
        rest = facts[1:]
        r.shuffle(rest)
        facts[1:] = rest
    text = " ".join(_told(w, fact) for fact in facts)
    heading = ""
    if not lead or r.random() < 0.25:
        entity = sentence_case(subject.entity)
        if numbered and r.random() < 0.6:
            heading = entity if r.random() < 0.6 else f"{sentence_case(w.syllables(2))} > {entity}"
        elif not lead:
            text = f"{entity}: {text}" if r.random() < 0.5 else f"{entity}. {text}"
    return Passage(text, heading)


def _told(w: Words, fact: Fact) -> str:
    """The sentence, now and then with words around it that answer nothing."""
    r, text = w.random, fact.sentence
    if r.random() < ASIDE_SHARE and not text.startswith("- "):
        inner = text if fact.keeps_capital or text[:1].isdigit() else text[:1].lower() + text[1:]
        text = f"{w.pick('aside')} {inner}"
    if r.random() < FILLER_SHARE:
        filler = w.pick("filler")
        text = f"{text} {filler}" if r.random() < 0.6 else f"{filler} {text}"
    return text


def _questions(subjects: list[Subject]) -> tuple[list[tuple[Asked, int]], list[Asked]]:
    """Questions with just one answer and its source, and questions that have none."""
    told = [
        (asked, number)
        for number, subject in enumerate(subjects, 1)
        for fact in subject.facts
        for asked in fact.asked
    ]
    answers = Counter[str]()
    for subject in subjects:
        answers.update({asked.answer for fact in subject.facts for asked in fact.asked})
    clear = [
        (asked, number)
        for asked, number in told
        if _distinct(asked, subjects) and answers[asked.answer] == 1
    ]
    known = {asked.key for subject in subjects for fact in subject.facts for asked in fact.asked}
    unsaid = [asked for s in subjects for asked in s.unsaid if asked.key not in known]
    return clear, unsaid


def _distinct(asked: Asked, subjects: list[Subject]) -> bool:
    """Whether the words of the question lead to one answer only."""
    same = {
        other.answer
        for subject in subjects
        for fact in subject.facts
        for other in fact.asked
        if other.question == asked.question
        or (other.key == asked.key and other.question.split()[0] == asked.question.split()[0])
    }
    return len(same) == 1


def _varied(w: Words, question: str) -> str:
    """As people type: now and then without signs, in lower case, or politely wrapped."""
    r = w.random
    draw = r.random()
    if draw < 0.08:
        return question.strip("¿?.").lower() if draw < 0.02 else question.strip("¿?.")
    if draw < 0.14 and question.endswith("?"):
        return question.lstrip("¿")
    return question
