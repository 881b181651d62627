"""Questions whose answer changes, and those about the person who asks.

Owns the words that tell them, in both languages; knows nothing of what follows from it. Both
lists rather take too much: an answer made anew is no harm.
"""

from __future__ import annotations

import re

from core.text.folding import fold

_CURRENT = re.compile(
    r"\b(?:hoy|ahora|actual\w*|ultim[ao]s?|esta (?:semana|noche|tarde|manana)|precio|cotizacion|"
    r"tiempo|clima|noticias?|resultados?|directo|today|now|current\w*|latest|this (?:week|morning|"
    r"evening)|tonight|price|weather|news|score|live|stock)\b"
)
_DATED = re.compile(
    r"\b(?:ayer|anoche|manana|anteayer|reciente\w*|todavia|aun|este (?:ano|mes|lunes|martes|"
    r"miercoles|jueves|viernes|sabado|domingo)|que (?:dia|hora|fecha|ano|mes) es|fecha|"
    r"cuantos anos tiene|cuanto (?:falta|queda|cuesta|vale)|nuev[ao]s? version\w*|"
    r"(?:este|proxim[ao]|pasad[ao]) (?:ano|mes|semana|fin de semana)|presidente|"
    r"yesterday|tomorrow|recent\w*|still|this (?:year|month|monday|tuesday|wednesday|thursday|"
    r"friday|saturday|sunday|weekend)|(?:next|last) (?:year|month|week|weekend)|"
    r"what (?:day|time|date|year|month) is|what is the (?:time|date)|date|how old is|"
    r"how (?:long|much) (?:until|till|is|does)|new(?:est)? (?:version|release)|president)\b"
)
# "Tell me", "¿me explicas?": about nobody.
_POLITE = re.compile(
    r"\b(?:(?:tell|give|show|teach|remind|let|help|send|write|explain(?: it)? to) me|"
    r"i (?:want|need|would like|'d like|wish) to (?:know|understand|learn|see)|"
    r"(?:can|could|may) i (?:ask|know)|i (?:wonder|have a question)|"
    r"me (?:explicas?|dices?|puedes?|podrias?|cuentas?|das|ensenas?|ayudas?|gustaria (?:saber|"
    r"entender|aprender))|"
    r"(?:quiero|quisiera|necesito) (?:saber|entender|aprender|conocer)|"
    r"tengo una (?:duda|pregunta))\b"
)
_PERSONAL = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|im|ive|me|my|mine|myself|we|we're|we've|us|our|ours|ourselves|"
    r"yo|mi|mis|mio|mia|mios|mias|me|conmigo|nos|nosotr[oa]s|nuestr[oa]s?|soy|estoy|tengo|"
    r"quiero|quisiera|necesito|puedo|debo|voy|vivo|trabajo|siento|creo|pienso|odio|amo|"
    r"llamo|he|hemos|estamos|tenemos|somos|vamos)\b"
    # A mail address, or digits enough for a telephone, an account or a card.
    r"|\S@\S+\.\S|\d(?:[ .-]?\d){6,}"
)


def is_current(text: str) -> bool:
    """Whether it asks for what changes within the day: prices, news, the weather."""
    return bool(_CURRENT.search(fold(text)))


def is_dated(text: str) -> bool:
    """Whether its answer may be another next week: what is current, and what depends on dates."""
    return is_current(text) or bool(_DATED.search(fold(text)))


def is_personal(text: str) -> bool:
    """Whether it is about the person who asks, or holds an address or a long number."""
    return bool(_PERSONAL.search(_POLITE.sub(" ", fold(text))))
