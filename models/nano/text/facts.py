"""Facts: a sentence, the value in it, and questions whose answer that value is.

Three families: topics (what is said of a company, a house ...), events (somebody did
something somewhere) and attributes (the weight of the lamp is ...). Verbs and attributes are
invented now and then, so that a question must be answered by finding its words again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from models.nano.text.topics import Relation, Topic, topics
from models.nano.text.words import Words, single_words

INVENTED_SHARE = 0.3
SWAPPED_SHARE = 0.4
SWAPPED_LETTERS = 4
PLACEHOLDER_OR_WORD = re.compile(r"\{\w+\}|[^\W\d_]+")
UNLIKE_PARTICIPLE = frozenset({"drew", "broke", "stole", "hid", "chose"})


@dataclass(frozen=True)
class Asked:
    """A question and its answer; `key` is equal for questions that cannot be told apart."""

    question: str
    answer: str
    key: str


@dataclass
class Fact:
    """A sentence and what can be asked about it. `about` is the entity it is said of."""

    sentence: str
    asked: list[Asked]
    about: str = ""
    names_it: bool = True  # whether the sentence itself says what it is about

    @property
    def keeps_capital(self) -> bool:
        """Whether it begins with a name, as far as one can tell."""
        begins = self.sentence[:8]
        return self.about[:1].isupper() and self.about.startswith(begins.split(" ")[0])


@dataclass
class Subject:
    """An entity, and facts about it in the order of telling."""

    entity: str
    facts: list[Fact]
    unsaid: list[Asked] = field(default_factory=list)  # what could be asked but is not said


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


def any_topic(w: Words) -> Topic:
    return w.random.choice(topics(w.language, w.split))


def _sentence(pattern: str, entity: str, value: str, w: Words) -> str:
    text = pattern.replace("{v}", value).replace("{e}", entity)
    return sentence_case(contracted(w.filled(text), w))


def sentence_case(text: str) -> str:
    """The first letter in upper case, also after an opening sign."""
    for place, sign in enumerate(text):
        if sign.isalnum():
            return text[:place] + sign.upper() + text[place + 1 :]
    return text


def contracted(text: str, w: Words) -> str:
    """Spanish "de el" and "a el" in one word."""
    if w.language == "en":
        return text
    return text.replace(" de el ", " del ").replace(" a el ", " al ").replace("A el ", "Al ")


def object_phrase(w: Words) -> str:
    """A definite thing: "the wooden ladder", "el puente antiguo"."""
    r = w.random
    if w.language == "en":
        noun = w.pick("noun") if r.random() < 0.75 else w.syllables(2)
        adjective = f"{w.pick('adjective')} " if r.random() < 0.4 else ""
        return f"the {adjective}{noun}"
    noun = w.pick("noun") if r.random() < 0.75 else f"{r.choice(('el', 'la'))} {w.syllables(2)}"
    return f"{noun} de {w.pick('material')}" if r.random() < 0.3 else noun


def any_entity(w: Words) -> str:
    make = w.random.choice((object_phrase, object_phrase, lambda w: w.value("invented")))
    return w.value("person") if w.random.random() < 0.2 else make(w)


def event(w: Words) -> Fact:
    """Somebody did something, perhaps at a time, in a place, for somebody, for a reason."""
    return _event_en(w) if w.language == "en" else _event_es(w)


def _verb(w: Words) -> tuple[str, str]:
    """Past and base form in English; past and participle in Spanish."""
    if w.random.random() < INVENTED_SHARE:
        stem = w.syllables(2).rstrip("aeiou")
        return (f"{stem}ed", stem) if w.language == "en" else (f"{stem}ó", f"{stem}ado")
    past, other = w.pick("verb").split()
    return past, other


def _event_en(w: Words) -> Fact:
    r = w.random
    who, what, (past, base) = w.value("person"), object_phrase(w), _verb(w)
    key = f"{past}/{what}/{who}"
    passive = r.random() < 0.35 and past not in UNLIKE_PARTICIPLE
    asked = [
        Asked(
            r.choice((f"Who {past} {what}?", f"Tell me who {past} {what}.")), who, f"{past}/{what}"
        ),
        Asked(f"What did {who} {base}?", what, f"{past}/{who}"),
    ]
    if passive:
        asked.append(Asked(f"By whom was {what} {past}?", who, f"{past}/{what}"))
    core = f"{what} was {past} by {who}" if passive else f"{who} {past} {what}"
    did = f"did {who} {base} {what}?"
    start, end = "", ""
    if r.random() < 0.5:
        kind, preposition = r.choice(
            (("date", "on"), ("year", "in"), ("weekday", "on"), ("time", "at"))
        )
        value = w.value(kind)
        when = f"{preposition} {value}"
        asked.append(Asked(f"When {did}", value, key))
        asked.append(Asked(f"When was {what} {past}?" if passive else f"When {did}", value, key))
        if r.random() < 0.4:
            start = f"{when} "
        else:
            end += f" {when}"
    if r.random() < 0.4:
        kind = r.choice(("place", "region", "place"))
        value = w.value(kind)
        end += f" in {value}"
        asked.append(Asked(r.choice((f"Where {did}", f"In which place {did}")), value, key))
    if r.random() < 0.15:
        value = w.value("person")
        end += f" for {value}"
        asked.append(
            Asked(r.choice((f"For whom {did}", f"Who did {who} {base} {what} for?")), value, key)
        )
    if r.random() < 0.2:
        value = w.value("money")
        end += f" for {value}"
        asked.append(Asked(r.choice((f"For how much {did}", f"At what price {did}")), value, key))
    if r.random() < 0.15:
        value = w.value("reason")
        end += f" because of {value}"
        asked.append(Asked(f"Why {did}", value, key))
    return Fact(sentence_case(f"{start}{core}{end}."), asked, what)


def _event_es(w: Words) -> Fact:
    r = w.random
    who, what, (past, participle) = w.value("person"), object_phrase(w), _verb(w)
    key = f"{past}/{what}/{who}"
    passive = r.random() < 0.35
    asked = [
        Asked(
            r.choice((f"¿Quién {past} {what}?", f"Dime quién {past} {what}.")),
            who,
            f"{past}/{what}",
        ),
        Asked(f"¿Qué {past} {who}?", what, f"{past}/{who}"),
    ]
    if what.startswith("la ") and participle.endswith("o"):
        participle = participle[:-1] + "a"
    if passive:
        asked.append(Asked(f"¿Por quién fue {participle} {what}?", who, f"{past}/{what}"))
    core = f"{what} fue {participle} por {who}" if passive else f"{who} {past} {what}"
    did = f"{past} {who} {what}?"
    start, end = "", ""
    if r.random() < 0.5:
        kind, preposition = r.choice(
            (("date", "el"), ("year", "en"), ("weekday", "el"), ("time", "a las"))
        )
        value = w.value(kind)
        when = f"{preposition} {value}"
        asked.append(Asked(f"¿Cuándo {did}", value, key))
        asked.append(
            Asked(f"¿Cuándo fue {participle} {what}?" if passive else f"¿Cuándo {did}", value, key)
        )
        if r.random() < 0.4:
            start = f"{when} "
        else:
            end += f" {when}"
    if r.random() < 0.4:
        value = w.value(r.choice(("place", "region", "place")))
        end += f" en {value}"
        asked.append(Asked(r.choice((f"¿Dónde {did}", f"¿En qué lugar {did}")), value, key))
    if r.random() < 0.15:
        value = w.value("person")
        end += f" para {value}"
        asked.append(Asked(f"¿Para quién {did}", value, key))
    if r.random() < 0.2:
        value = w.value("money")
        end += f" por {value}"
        asked.append(Asked(r.choice((f"¿Por cuánto {did}", f"¿A qué precio {did}")), value, key))
    if r.random() < 0.15:
        value = w.value("reason")
        end += f" a causa de {value}"
        asked.append(Asked(f"¿Por qué {did}", value, key))
    asked = [Asked(contracted(a.question, w), a.answer, a.key) for a in asked]
    return Fact(contracted(sentence_case(f"{start}{core}{end}."), w), asked, what)


ATTRIBUTE_KINDS = (
    (
        "person person place number money date code phone color duration amount length year time"
        " material region thing file"
    )
    .replace("color", "colour")
    .split()
)


def attribute(w: Words, entity: str) -> Fact:
    """ "The capacity of {entity} is ...", in one of several forms."""
    r = w.random
    name = w.pick("attribute")
    if r.random() < INVENTED_SHARE:
        name = w.either("", r.choice(("el ", "la "))) + w.syllables(2)
    value = w.value(r.choice(ATTRIBUTE_KINDS))
    bare = name if w.language == "en" else name.split(" ", 1)[1]
    if w.language == "en":
        sentence, names_it = r.choice(
            (
                (f"The {name} of {entity} is {value}.", True),
                (f"{entity} has the {name} {value}.", True),
                (f"As {name}, {entity} has {value}.", True),
                (f"{value} is the {name} of {entity}.", True),
                (f"Its {name} is {value}.", False),
                (f"{name.capitalize()}: {value}.", False),
                (f"- {name}: {value}", False),
            )
        )
        questions = (
            f"What is the {name} of {entity}?",
            f"Which {name} does {entity} have?",
            f"Tell me the {name} of {entity}.",
            f"Do you know the {name} of {entity}?",
        )
        alone = f"What is the {name}?"
    else:
        sentence, names_it = r.choice(
            (
                (f"{name} de {entity} es {value}.", True),
                (f"{entity} tiene {name} {value}.", True),
                (f"como {bare}, {entity} tiene {value}.", True),
                (f"{value} es {name} de {entity}.", True),
                (f"su {bare} es {value}.", False),
                (f"{bare.capitalize()}: {value}.", False),
                (f"- {bare}: {value}", False),
            )
        )
        questions = (
            f"¿Cuál es {name} de {entity}?",
            f"¿Qué {bare} tiene {entity}?",
            f"Dime {name} de {entity}.",
            f"¿Sabes cuál es {name} de {entity}?",
        )
        alone = f"¿Cuál es {name}?"
    asked = [Asked(contracted(q, w), value, f"{name}/{entity}") for q in questions]
    asked.append(Asked(alone, value, name))
    text = sentence if sentence.startswith("- ") else sentence_case(sentence)
    return Fact(contracted(text, w), asked, entity, names_it)


def attribute_subject(w: Words, count: int) -> Subject:
    entity = any_entity(w)
    facts: dict[str, Fact] = {}
    while len(facts) < count + 2:
        fact = attribute(w, entity)
        facts.setdefault(fact.asked[-1].key, fact)
    told = list(facts.values())
    unsaid = [asked for fact in told[count:] for asked in fact.asked]
    subject = Subject(entity, told[:count], unsaid)
    subject.facts.sort(key=lambda fact: not fact.names_it)
    return subject


def event_subject(w: Words, count: int) -> Subject:
    facts = [event(w) for _ in range(count + 1)]
    return Subject(facts[0].about, facts[:count], facts[count].asked)
