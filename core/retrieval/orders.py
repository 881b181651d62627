"""Orders to an assistant inside documents: a passage is what it says, never what it commands.

Owns the ways that such orders are known by, in both languages; knows nothing of prompts. No
such list is whole: the prompt says as well that sources are content, and an answer that rests
on an order alone finds no support.
"""

from __future__ import annotations

import re

from core.text.folding import fold

LEFT_OUT = "[…]"

_RULES = (
    r"(?:instruc\w+|rules?|prompts?|guidelines|orders?|reglas?|indicaciones|ordenes|directrices)"
)
_ORDERS = re.compile(
    # Forget what you were told.
    rf"\b(?:ignore|disregard|forget|override|bypass)\b.{{0,40}}\b{_RULES}\b"
    rf"|\b(?:ignor[ae]n?|olvid[ae]n?|omit[ea]n?|desobedece|salta(?:te)?)\b.{{0,40}}\b{_RULES}\b"
    rf"|\bhaz caso omiso\b|\b(?:new|nuevas?) (?:system )?{_RULES}\s*:"
    # Be somebody else.
    r"|\byou are (?:now|no longer)\b|\bfrom now on,? (?:you|answer|reply|respond|always|only)\b"
    r"|\b(?:ahora|a partir de ahora|desde ahora),? (?:tu )?(?:eres|seras|responde\w*|contesta\w*)\b"
    # Say exactly this.
    r"|\b(?:reply|respond|answer|output)\b.{0,20}\b(?:only|exactly|just|nothing but|solely)\b"
    r"|\b(?:responde|contesta|di|escribe)\b.{0,20}\b(?:solo|solamente|unicamente|exactamente)\b"
    # Who reads this is spoken to.
    r"|\b(?:dear|attention|note to|hey) (?:the )?(?:ai|assistant|chatbot|language model|llm)\b"
    r"|\b(?:ai|language|llm) (?:assistants?|models?|agents?)\b.{0,30}"
    r"\b(?:must|should|shall|please)\b"
    r"|\b(?:asistente|modelo de lenguaje|inteligencia artificial|ia)\b.{0,30}"
    r"\b(?:debes?|deben|tienes? que|tienen que|por favor)\b"
    r"|\b(?:estimado|querido|atencion,?) (?:asistente|modelo)\b"
    # Markup of conversations.
    r"|^\W*(?:system|assistant|sistema|asistente)\s*:|<\|[a-z_]+\|>|\[/?inst\]|<</?sys>>"
    r"|\b(?:print|show|reveal|repeat|output|muestra|imprime|repite|revela)\b.{0,30}"
    r"\b(?:system prompt|prompt (?:del|de) sistema)\b",
    re.MULTILINE,
)
_SENTENCE = re.compile(r"[^\n.!?…]*(?:[.!?…]+|\n|$)")


def without_orders(text: str) -> str:
    """`text` up to the first sentence that orders an assistant about; all of it without one.

    What follows an order goes with it: it mostly says what shall be said.
    """
    for sentence in _SENTENCE.finditer(text):
        if _ORDERS.search(fold(sentence.group())):
            return f"{text[: sentence.start()].rstrip()}\n{LEFT_OUT}".lstrip("\n")
    return text
