"""Facts: a sentence, the value in it, and questions whose answer that value is.

What the three families share: `topic_facts` (what is said of a company, a house ...),
`events` (somebody did something somewhere) and `attributes` (the weight of the lamp is ...).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from models.nano.text.words import Words

INVENTED_SHARE = 0.3
"""Of verbs and attributes, so that a question must be answered by finding its words again."""


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
