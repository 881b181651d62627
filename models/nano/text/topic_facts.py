"""Facts on topics: what is said of a company, a house, a recipe."""

from __future__ import annotations

import re

from models.nano.text.facts import Asked, Fact, Subject, contracted, sentence_case
from models.nano.text.topics import Relation, Topic, topics
from models.nano.text.word_lists import single_words
from models.nano.text.words import Words

SWAPPED_SHARE = 0.4
SWAPPED_LETTERS = 4
PLACEHOLDER_OR_WORD = re.compile(r"\{\w+\}|[^\W\d_]+")


def any_topic(w: Words) -> Topic:
    return w.random.choice(topics(w.language, w.split))


def topic_subject(w: Words, topic: Topic, count: int) -> Subject:
    """Up to `count` facts about one new entity of `topic`."""
    r = w.random
    entity = w.filled(r.choice(topic.entities))
    order = r.sample(range(len(topic.relations)), len(topic.relations))
    subject = Subject(entity, [])
    for number in order:
        relation = topic.relations[number]
        value = w.filled("{" + relation.kind + "}")
        if w.split == "train" and r.random() < SWAPPED_SHARE:
            relation = swapped(relation, w)
        asked = [
            Asked(
                _sentence(question, entity, value, w),
                value,
                f"{topic.name}/{number}" + (f"/{entity}" if "{e}" in question else ""),
            )
            for question in relation.questions
        ]
        if len(subject.facts) < count:
            pattern = r.choice(relation.sentences)
            text = _sentence(pattern, entity, value, w)
            subject.facts.append(Fact(text, asked, entity, "{e}" in pattern))
        else:
            subject.unsaid += asked
    subject.facts.sort(key=lambda fact: not fact.names_it)
    return subject


def swapped(relation: Relation, w: Words) -> Relation:
    """One of its sentences with the questions that share words with it, in other words.

    That "the wifi password is {v}" answers "What is the wifi password?" a model would learn by
    heart; with words that it never saw together it learns to look for them.
    """
    sentence = w.random.choice(relation.sentences)
    said = set(_telling(sentence))
    questions = [asked for asked in relation.questions if said & set(_telling(asked))]
    if not questions:
        return relation
    others = {word: _other_word(w) for word in sorted(said) if _is_asked(word, questions)}

    def change(match: re.Match[str]) -> str:
        word = match.group()
        other = others.get(word.lower(), word)
        return other.capitalize() if other != word and word[:1].isupper() else other

    sentence, *questions = (PLACEHOLDER_OR_WORD.sub(change, t) for t in (sentence, *questions))
    return Relation(relation.kind, (sentence,), tuple(questions))


def _is_asked(word: str, questions: list[str]) -> bool:
    return any(word in _telling(asked) for asked in questions)


def _telling(text: str) -> list[str]:
    found = PLACEHOLDER_OR_WORD.findall(text)
    return [word.lower() for word in found if word[0] != "{" and len(word) >= SWAPPED_LETTERS]


def _other_word(w: Words) -> str:
    if w.random.random() < 0.4:
        return w.syllables(w.random.choice((1, 2, 2, 3)))
    return w.random.choice(single_words(w.language))


def _sentence(pattern: str, entity: str, value: str, w: Words) -> str:
    text = pattern.replace("{v}", value).replace("{e}", entity)
    return sentence_case(contracted(w.filled(text), w))
