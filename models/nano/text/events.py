"""Facts on events: somebody did something, at a time, in a place, for a reason."""

from __future__ import annotations

from models.nano.text.facts import (
    INVENTED_SHARE,
    Asked,
    Fact,
    Subject,
    contracted,
    object_phrase,
    sentence_case,
)
from models.nano.text.words import Words

UNLIKE_PARTICIPLE = frozenset({"drew", "broke", "stole", "hid", "chose"})


def event_subject(w: Words, count: int) -> Subject:
    facts = [event(w) for _ in range(count + 1)]
    return Subject(facts[0].about, facts[:count], facts[count].asked)


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
