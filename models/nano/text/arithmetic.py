"""Small sums: +, - and x, in digits and in words. Owns their range, forms and answers."""

from __future__ import annotations

from models.nano.text.chat import typed
from models.nano.text.passages import Turn
from models.nano.text.words import Language, Words

LARGEST = 99
LARGEST_FACTOR = 12

UNITS: dict[Language, str] = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce"
    " quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés"
    " veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve",
}
TENS: dict[Language, str] = {
    "en": "_ _ twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "_ _ veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}
OPERATORS: dict[Language, dict[str, tuple[str, ...]]] = {
    "en": {"+": ("plus", "and"), "-": ("minus", "less"), "x": ("times", "multiplied by")},
    "es": {"+": ("más", "y"), "-": ("menos",), "x": ("por", "multiplicado por")},
}
SIGNS = {"+": ("+",), "-": ("-", "−"), "x": ("x", "*", "×")}
FORMS: dict[Language, tuple[str, ...]] = {
    "en": (
        "what is {s}?",
        "what's {s}?",
        "how much is {s}?",
        "{s}",
        "{s} =",
        "{s}?",
        "calculate {s}",
        "can you tell me {s}?",
        "what does {s} make?",
        "tell me what {s} is",
        "work out {s}.",
        "how many are {s}?",
        "give me {s}",
        "solve {s}",
        "find {s}.",
        "the result of {s}?",
        "what do you get for {s}?",
        "I want to know what {s} is",
        "can you do {s}?",
        "and {s}?",
        "please, {s}",
        "do you know how much {s} is?",
        "I have to do {s} for school",
        "would you add this up: {s}",
        "help me with {s}",
        "say what {s} makes",
        "quick, {s}!",
    ),
    "es": (
        "¿cuánto es {s}?",
        "cuánto es {s}",
        "¿cuánto son {s}?",
        "{s}",
        "{s} =",
        "¿{s}?",
        "calcula {s}",
        "¿me dices cuánto es {s}?",
        "¿cuánto da {s}?",
        "dime cuánto es {s}",
        "¿qué resultado da {s}?",
        "haz la cuenta: {s}",
        "dame {s}",
        "resuelve {s}",
        "halla {s}.",
        "¿el resultado de {s}?",
        "¿cuánto sale {s}?",
        "quiero saber cuánto es {s}",
        "¿sabes hacer {s}?",
        "¿y {s}?",
        "por favor, {s}",
        "¿sabes cuánto es {s}?",
        "tengo que hacer {s} para clase",
        "¿me haces esta cuenta? {s}",
        "ayúdame con {s}",
        "di cuánto es {s}",
        "rápido, ¡{s}!",
    ),
}
HELD_OUT_FORMS: dict[Language, tuple[str, ...]] = {
    "en": ("Could you work out {s} for me?", "I need the result of {s}.", "Please compute {s}"),
    "es": (
        "¿Podrías calcularme {s}?",
        "Necesito el resultado de {s}.",
        "Por favor, suma o resta: {s}",
    ),
}
RESULTS = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "x": lambda a, b: a * b}
TOO_LARGE: dict[Language, str] = {
    "en": "That is too much for me: I only do small sums."
    " `sarai models pull` downloads a real model.",
    "es": "Eso es demasiado para mí: solo hago cuentas pequeñas."
    " `sarai models pull` descarga un modelo de verdad.",
}
TOO_LARGE_SHARE = 0.06


def number_words(number: int, language: Language) -> str:
    """`number`, from 0 to 99, in words."""
    units = UNITS[language].split()
    if number < len(units):
        return units[number]
    tens, rest = divmod(number, 10)
    joined = {"en": "-", "es": " y "}[language]
    return TENS[language].split()[tens] + (f"{joined}{units[rest]}" if rest else "")


def small_sum(w: Words, *, heldout: bool = False) -> Turn:
    """A sum in digits or words; the answer says it again in digits with its result."""
    r, language = w.random, w.language
    operator = r.choice("++--x")
    first, second = _operands(w, operator)
    if not heldout and r.random() < TOO_LARGE_SHARE:
        return _too_large(w, operator)
    result = RESULTS[operator](first, second)
    if r.random() < 0.3:
        names = OPERATORS[language][operator]
        spelled = (
            f"{number_words(first, language)} {r.choice(names)} {number_words(second, language)}"
        )
    else:
        spelled = _in_digits(w, first, operator, second)
    form = r.choice((HELD_OUT_FORMS if heldout else FORMS)[language])
    question = form.replace("{s}", spelled)
    return Turn(
        question if heldout else typed(question, r), f"{first} {operator} {second} = {result}"
    )


def _operands(w: Words, operator: str) -> tuple[int, int]:
    r = w.random
    if operator == "x":
        return r.randint(0, LARGEST_FACTOR), r.randint(0, LARGEST_FACTOR)
    most = LARGEST if r.random() < 0.75 else 12
    first, second = r.randint(0, most), r.randint(0, most)
    if operator == "-" and first < second:
        first, second = second, first
    return first, second


def _in_digits(w: Words, first: int, operator: str, second: int) -> str:
    r = w.random
    sign = r.choice(SIGNS[operator])
    if r.random() < 0.25:
        sign = OPERATORS[w.language][operator][0]
    elif r.random() < 0.3:
        return f"{first}{sign}{second}"
    return f"{first} {sign} {second}"


def _too_large(w: Words, operator: str) -> Turn:
    r = w.random
    first, second = r.randint(100, 99999), r.randint(10, 9999)
    if operator == "x" and r.random() < 0.5:
        first, second = r.randint(13, 99), r.randint(13, 99)
    if r.random() < 0.2:
        operator = "/"
        spelled = f"{first} / {second}"
    else:
        spelled = _in_digits(w, first, operator, second)
    question = r.choice(FORMS[w.language]).replace("{s}", spelled)
    return Turn(typed(question, r), TOO_LARGE[w.language])
