"""Random words and values: names, numbers, dates, codes, words that nobody has heard before.

Owns the word lists (data/words.yaml) and how a value of a kind is made; knows nothing of
sentences. A sixth of the open lists is kept for held-out passages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

import yaml

Language = Literal["en", "es"]
Split = Literal["train", "heldout"]

DATA = Path(__file__).parent / "data"
HELD_OUT_EVERY = 6
CLOSED_LISTS = frozenset({"month", "weekday", "measure", "verb", "adjective", "attribute", "aside"})

UNHEARD = frozenset(
    {
        *("given", "surname", "place", "region", "noun", "material", "colour", "food", "animal"),
        *("job", "reason"),
    }
)
UNHEARD_SHARE = 0.5

ONSETS = (*"bcdfgklmnprstvz", "br", "cr", "dr", "fl", "gr", "pl", "pr", "st", "tr")
VOWELS = tuple("aeiou")
CODAS = ["", "", "", "l", "n", "r", "s", "x"]
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    stored = yaml.safe_load((DATA / "words.yaml").read_text(encoding="utf-8"))
    return {
        name: {language: _items(words) for language, words in by_language.items()}
        for name, by_language in stored.items()
    }


def _items(words: str | list[str]) -> list[str]:
    if isinstance(words, list):
        return [str(word) for word in words]
    return words.split("|") if "|" in words else words.split()


@cache
def words(name: str, language: Language, split: Split) -> tuple[str, ...]:
    """The words of a list that may be used in `split`."""
    items = _lists()[name][language]
    if name in CLOSED_LISTS:
        return tuple(items)
    held_out = split == "heldout"
    return tuple(w for i, w in enumerate(items) if (i % HELD_OUT_EVERY == 2) == held_out)


def all_words(language: Language) -> list[str]:
    return [word for by_language in _lists().values() for word in by_language[language]]


@cache
def single_words(language: Language) -> tuple[str, ...]:
    """Words in lower case that training may use, without articles and phrases."""
    lists = ("noun", "adjective", "attribute", "material", "food", "animal", "job", "colour")
    texts = [text for name in lists for text in words(name, language, "train")]
    return tuple(sorted({text.split()[-1] for text in texts if len(text.split()) <= 2}))


class Words:
    """Draws values of every kind in one language."""

    def __init__(self, language: Language, random: Random, split: Split = "train") -> None:
        self.language: Language = language
        self.random = random
        self.split: Split = split

    def pick(self, name: str) -> str:
        """A word of a list; in training its last part is often one that nobody has heard, so
        that answers have to be read and cannot be guessed from what was often right."""
        known = self.random.choice(words(name, self.language, self.split))
        if self.split == "heldout" or name not in UNHEARD:
            return known
        return self._unheard(known) if self.random.random() < UNHEARD_SHARE else known

    def _unheard(self, known: str) -> str:
        *before, last = known.split(" ")
        new = self.syllables(self.random.choice((1, 2, 2, 3)))
        return " ".join((*before, new.capitalize() if last[:1].isupper() else new))

    def value(self, kind: str) -> str:
        """A value of `kind`: one of KINDS, or a word of the list of that name."""
        make = KINDS.get(kind)
        return make(self) if make else self.pick(kind)

    def filled(self, pattern: str) -> str:
        """`pattern` with every {kind} replaced by a value."""
        return PLACEHOLDER.sub(lambda match: self.value(match.group(1)), pattern)

    def digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789") for _ in range(count))

    def syllables(self, count: int) -> str:
        r = self.random
        return "".join(r.choice(ONSETS) + r.choice(VOWELS) + r.choice(CODAS) for _ in range(count))

    def either(self, english: str, spanish: str) -> str:
        return english if self.language == "en" else spanish


def invented(w: Words) -> str:
    return w.syllables(w.random.choice((1, 2, 2, 2, 3))).capitalize()


def person(w: Words) -> str:
    r = w.random
    given = w.pick("given") if r.random() < 0.7 else invented(w)
    surname = w.pick("surname") if r.random() < 0.6 else invented(w)
    if r.random() < 0.12:
        return given
    if r.random() < 0.1:
        return f"{w.either(r.choice(('Dr', 'Mrs', 'Mr')), r.choice(('doña', 'don')))} {given}"
    return f"{given} {surname}"


def place(w: Words) -> str:
    r = w.random
    if r.random() < 0.5:
        return w.pick("place")
    prefix = r.choice(("", "", "", "Port ", "San ", "Villa ", "New ", "Puerto "))
    return prefix + invented(w)


def number(w: Words) -> str:
    r = w.random
    size = r.choice((1, 2, 2, 3, 3, 4, 5))
    digits = str(r.randint(10 ** (size - 1) + 1, 10**size - 1))
    if size > 3 and r.random() < 0.6:
        digits = digits[:-3] + w.either(",", ".") + digits[-3:]
    return digits


def year(w: Words) -> str:
    return str(w.random.randint(1750, 2026))


def date(w: Words) -> str:
    r = w.random
    day, month = r.randint(1, 30), w.pick("month")
    ending = "" if r.random() < 0.5 else year(w)
    if w.language == "es":
        return f"{day} de {month}" + (f" de {ending}" if ending else "")
    if r.random() < 0.5:
        return f"{day} {month} {ending}".strip()
    return f"{month} {day}" + (f", {ending}" if ending else "")


def time(w: Words) -> str:
    hour = w.random.randint(0, 23)
    return f"{hour}:{w.random.choice(('00', '15', '30', '45', '10', '05', '20', '50'))}"


def money(w: Words) -> str:
    units = w.either("euros dollars pounds", "euros dólares pesos").split()
    thousands = w.either("thousand ", "mil ") if w.random.random() < 0.15 else ""
    return f"{number(w)} {thousands}{w.random.choice(units)}"


def _measured(english: str, spanish: str) -> Callable[[Words], str]:
    def make(w: Words) -> str:
        r = w.random
        figure = number(w) if r.random() < 0.7 else f"{r.randint(1, 90)}.{r.randint(1, 9)}"
        return f"{figure} {r.choice(w.either(english, spanish).split())}"

    return make


def duration(w: Words) -> str:
    r = w.random
    units = w.either(
        "minutes hours days weeks months years", "minutos horas días semanas meses años"
    )
    if r.random() < 0.3:
        counts = w.either("two three four six ten twelve", "dos tres cuatro seis diez doce")
        return f"{r.choice(counts.split())} {r.choice(units.split())}"
    return f"{r.randint(2, 90)} {r.choice(units.split())}"


def temperature(w: Words) -> str:
    return f"{w.random.randint(5, 260)} {w.random.choice((w.either('degrees', 'grados'), '°C'))}"


def percent(w: Words) -> str:
    return f"{w.random.randint(1, 99)}{w.random.choice((' %', '%'))}"


def pressure(w: Words) -> str:
    return f"{w.random.randint(1, 9)}{w.either('.', ',')}{w.random.randint(0, 9)} bar"


def code(w: Words) -> str:
    r = w.random
    letters = "".join(r.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(r.choice((1, 2, 3))))
    styles = (
        lambda: f"{letters}-{w.digits(r.choice((2, 3, 4)))}",
        lambda: f"{letters}{w.digits(r.choice((2, 3, 4)))}",
        lambda: f"{w.digits(4)}",
        lambda: f"{r.randint(0, 9)}.{r.randint(0, 20)}.{r.randint(0, 9)}",
        lambda: f"{w.syllables(2)}-{w.digits(2)}",
        lambda: f"{w.syllables(2)}{w.digits(3)}",
        lambda: f"{w.syllables(2)}_{w.syllables(1)}",
    )
    return r.choice(styles)()


def phone(w: Words) -> str:
    form = w.random.choice(("### ## ## ##", "### ### ###", "##-####", "### ####"))
    return "".join(w.digits(1) if sign == "#" else sign for sign in form)


def file(w: Words) -> str:
    r = w.random
    name = w.syllables(2) if r.random() < 0.6 else "_".join((w.syllables(1), w.syllables(1)))
    folder = r.choice(("", "", "/etc/", "~/", "docs/", "/var/log/", "config/"))
    return f"{folder}{name}.{r.choice(('yaml', 'txt', 'log', 'json', 'conf', 'md'))}"


def command(w: Words) -> str:
    verb = w.random.choice(("run", "start", "serve", "up", "open", "--go"))
    return f"`{w.syllables(2)} {verb}`"


def title(w: Words) -> str:
    r = w.random
    if w.language == "en":
        forms = (
            "The {adjective} {noun}",
            "{surname}'s {noun}",
            "A {noun} in {place}",
            "{invented}",
        )
        return " ".join(word[:1].upper() + word[1:] for word in w.filled(r.choice(forms)).split())
    forms = ("La noche de {place}", "{noun} de {surname}", "Cartas a {given}", "{invented}")
    text = w.filled(r.choice(forms))
    return text[:1].upper() + text[1:]


def noun0(w: Words) -> str:
    """A noun without its article."""
    return w.pick("noun").split()[-1]


def thing(w: Words) -> str:
    r = w.random
    if w.language == "en":
        noun = w.pick("noun") + "s"
        return f"{w.pick('adjective')} {noun}" if r.random() < 0.5 else noun
    noun = noun0(w)
    plural = noun + ("s" if noun[-1] in "aeiou" else "es")
    return f"{plural} de {w.pick('material')}" if r.random() < 0.5 else plural


def place2(w: Words) -> str:
    """A place in a house: "the old clock", "el espejo de la cocina"."""
    if w.language == "en":
        adjective = f"{w.pick('adjective')} " if w.random.random() < 0.5 else ""
        return f"the {adjective}{w.pick('noun')}"
    ending = f" de {w.pick('material')}" if w.random.random() < 0.4 else ""
    return w.pick("noun") + ending


def colour(w: Words) -> str:
    return w.pick("colour")


def river(w: Words) -> str:
    return invented(w)


def hotel(w: Words) -> str:
    return w.filled(w.random.choice(("Hotel {surname}", "Hotel {invented}", "Hostal {invented}")))


def licence(w: Words) -> str:
    return (
        w.random.choice(("MIT", "GPL", "BSD", "Apache 2.0", "EUPL"))
        if (w.random.random() < 0.5)
        else w.syllables(2).upper()
    )


def language_name(w: Words) -> str:
    names = w.either(
        "Dutch Polish Turkish Welsh Basque Arabic Swahili Greek Danish Russian",
        "holandés polaco turco galés euskera árabe suajili griego danés ruso",
    ).split()
    return w.random.choice(names) if w.random.random() < 0.7 else w.syllables(2)


KINDS: dict[str, Callable[[Words], str]] = {
    "invented": invented,
    "person": person,
    "place": place,
    "number": number,
    "year": year,
    "date": date,
    "time": time,
    "money": money,
    "length": _measured("metres kilometres miles feet", "metros kilómetros pasos leguas"),
    "surface": _measured("hectares acres square metres", "hectáreas fanegas áreas"),
    "amount": _measured("kilos grams litres tonnes MB GB", "kilos gramos litros toneladas MB GB"),
    "amount2": _measured("ml spoons drops", "ml cucharadas gotas"),
    "duration": duration,
    "temperature": temperature,
    "percent": percent,
    "pressure": pressure,
    "code": code,
    "phone": phone,
    "file": file,
    "command": command,
    "title": title,
    "noun0": noun0,
    "thing": thing,
    "place2": place2,
    "river": river,
    "hotel": hotel,
    "license": licence,
    "language": language_name,
    "animalm": lambda w: w.pick("animal"),
}
