"""What a fact is about, so that a newer one can take the place of an older one.

Owns the forms of statements that have one value at a time, in both languages; knows nothing of
time. What fits no form is about nothing but itself: two facts may then stand beside each other,
which costs less than calling a true one outdated ("my sister is tall", "... is a doctor").
"""

from __future__ import annotations

import re

from core.text.folding import fold

_ATTRIBUTES_TEXT = """
    nombre apellido apellidos apodo edad cumpleanos direccion domicilio telefono movil correo
    email contrasena clave pin usuario talla peso altura estatura codigo matricula sueldo
    name surname nickname age birthday address phone number e-mail password code username size
    weight height salary
"""
_ATTRIBUTE = "|".join(_ATTRIBUTES_TEXT.split())
_FAVOURITE = r"favorit[oa]s?|preferid[oa]s?|favou?rite"
_OWNER = r"(?:mi|mis|el|la|los|las|nuestr[oa]s?|my|the|our)"
_WORDS = r"(?:[\w'-]+ ){0,4}?"
_NOW = r"(?:(?:ahora|ya no|ya|now|currently|no longer) )*"
_IS = r"(?:es|son|is|are)\b"
_AT = r"(?P<at>en|para|in|at|for)\b"
_AS = r"(?P<as>de|como|as)\b"

_FORMS = tuple(
    re.compile(_NOW + form)
    for form in (
        # mi perro se llama, my dog is called
        rf"{_OWNER} (?P<about>{_WORDS}[\w'-]+) {_NOW}"
        r"(?P<name>se llaman?|(?:is|are) (?:called|named))\b",
        # mi color favorito es, my favourite colour is
        rf"{_OWNER} (?P<about>{_WORDS}(?:{_FAVOURITE})(?: [\w'-]+)?) {_NOW}{_IS}",
        # el cumpleaños de mi hermana es, my sister's birthday is, my phone number is
        rf"{_OWNER} (?P<about>{_WORDS}(?:{_ATTRIBUTE})(?: (?:de|del|of) {_WORDS}[\w'-]+)?) "
        rf"{_NOW}{_IS}",
        # mi hermano vive en, my brother works as
        rf"{_OWNER} (?P<about>{_WORDS}[\w'-]+) {_NOW}(?P<live>vive|lives) {_AT}",
        rf"{_OWNER} (?P<about>{_WORDS}[\w'-]+) {_NOW}(?P<work>trabaja|works) (?:{_AT}|{_AS})",
        # me llamo, I am called
        r"(?P<name>(?:yo )?me llamo|(?:i am|i'm) (?:called|named))\b",
        # vivo en, I work at
        rf"(?:yo |i |i am |i'm )?{_NOW}(?P<live>vivo|live|living) {_AT}",
        rf"(?:yo |i |i am |i'm )?{_NOW}(?P<work>trabajo|work|working) (?:{_AT}|{_AS})",
        # tengo 34 años, I am 34 years old
        r"(?P<age>(?:yo )?tengo \d+ anos|(?:i am|i'm) \d+ years old)\b",
    )
)
_SAME = {"nombre": "name", "edad": "age"}


def subject_of(fact: str) -> str:
    """What a later fact about the same would share; "" when that cannot be told.

    `vivo en Lugo` and `now I live in Vigo` share "live at": only what it is about counts, and
    the kind of statement, not the words that it is put in.
    """
    plain = " ".join(fold(fact).split())
    for form in _FORMS:
        if found := form.match(plain):
            said = {key: part for key, part in found.groupdict().items() if part}
            about = said.pop("about", "")
            return " ".join(filter(None, (_SAME.get(about, about), *said)))
    return ""
