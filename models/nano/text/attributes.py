"""Facts on attributes: the weight of the lamp is ..., its colour is ..."""

from __future__ import annotations

from models.nano.text.facts import (
    INVENTED_SHARE,
    Asked,
    Fact,
    Subject,
    any_entity,
    contracted,
    sentence_case,
)
from models.nano.text.words import Words

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
