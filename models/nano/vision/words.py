"""Words that are printed in pictures, and the fonts that print them.

Owns the word lists, the split into known, seen and held-out words, and made-up words; knows
nothing of scenes. Known words come often; the others and made-up ones teach to read letters.
"""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

WordChoice = Literal["trained", "known", "held out"]
SHORTEST, LONGEST = 2, 6
LETTERS = "abcdefghijklmnñopqrstuvwxyz"
CHARACTERS = LETTERS + LETTERS.upper()

KNOWN_WORDS = (
    *("agua", "amor", "azul", "bus", "cafe", "casa", "dos", "fin", "flor", "gato"),
    *("hola", "luna", "luz", "mar", "mesa", "no", "pan", "perro", "rojo", "sal", "si", "sol"),
    *("taxi", "tren", "uno", "verde", "vino", "bye", "blue", "book", "car", "cat", "dog", "door"),
    *("exit", "fish", "food", "go", "green", "hello", "home", "hot", "love", "moon", "ok", "open"),
    *("red", "star", "stop", "sun", "tea", "test", "text", "tree", "two", "water", "word", "yes"),
)

_WORDS = """
agua aire alma alto amor arco arte ayer azul bajo banco barco base beso boca bola bosque brazo
cabra cafe caja calle calor cama campo canto cara carta casa cena cielo cien cine clima cocina
color copa coro cosa crema cruz dado dedo dia disco dolor dos dulce duna entra fecha feliz fiesta
fin flor foto frio fruta fuego gato gente globo gota gris grupo hola hijo hoja hora hotel huevo
humo isla jardin jefe joven juego jugo kilo lado lago largo leche letra libro lima linea llave
luna luz madera madre mano mapa mar marzo mayo medio menta mesa metro miel mil mina moda mono
mundo museo musica nada negro nido niño nieve noche norte nota nube nuevo ocho ojo ola oro oso
otoño padre pan papel parque paz perro peso pez piano pie piel piedra plata playa plaza pluma
polo pollo pozo puente puerta punto queso radio rama raton red reloj rey rio risa roca rojo ropa
rosa rueda sal salida salsa sapo seis señal silla sol sopa suelo sueño sur tarde taza techo
tela tigre toro torre tren tres tubo uno uva vaca vaso vela verano verde vida viento vino viaje
voz yate zona zorro abril si no ok es en el la un va ya su mi tu de
apple arm art baby back bag ball band bank bath bean bear bed bee bell bird blue boat body bone
book box boy bread brick brown bus cake call camp car card cat chair city clock cloud coat coffee
cold cook corn cow cup dad dance dark day deer desk dish dog door dream dress drum duck dust ear
earth east egg exit eye face farm fast fish five flag floor flower fly food foot fork four fox
free frog fruit fun game garden gate gift girl glass goat gold good grass green hall hand happy
hat heart heat hello help hill home honey horse hot house ice idea ink iron jam job jump key king
kite knee lake lamp leaf left leg light lion long love lunch man map meal milk mind moon mouse
mouth music name nest night nine north nose note ocean one open orange page paint paper park peace
pen pig pink plant plum pool push queen quiet rain red rice ring river road rock roof room rose
safe salt sand school sea seed seven ship shoe shop sign silver sing six skin sky sleep small snow
soap song south spoon spring star stone stop storm street sugar summer sun table tea tent tiger
time tin top town toy tree truck two up van warm wash watch water wave west white wind window wine
winter wolf wood word work yellow yes you zebra zero zoo go me my we be at in on it is
"""
WORDS = tuple(
    sorted({word for word in _WORDS.split() if SHORTEST <= len(word) <= LONGEST} - {*KNOWN_WORDS})
)
HELD_OUT_EVERY = 5
HELD_OUT_WORDS = WORDS[::HELD_OUT_EVERY]
SEEN_WORDS = tuple(word for word in WORDS if word not in set(HELD_OUT_WORDS))

_VOWELS = "aaaeeeiioouu"
_CONSONANTS = "bcdfghjklmnñpqrstvwxyz"
_FONT_FILES = (
    *("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"),
    *("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSansCondensed.ttf"),
    *("DejaVuSansCondensed-Bold.ttf", "DejaVuSerifCondensed.ttf", "DejaVuSans-Oblique.ttf"),
)
DEFAULT_FONT = ""
"""Pillow's own, which every installation has."""


def made_up(rng: random.Random) -> str:
    """Letters that nobody has to know: pronounceable half of the time."""
    length = rng.randint(SHORTEST, LONGEST)
    if rng.random() < 0.5:
        return "".join(rng.choice(LETTERS) for _ in range(length))
    first = rng.random() < 0.5
    return "".join(
        rng.choice(_VOWELS if (place + first) % 2 else _CONSONANTS) for place in range(length)
    )


def random_word(rng: random.Random, choice: WordChoice) -> str:
    """A word in lower case, upper case or with a capital.

    "trained" is the mixture of training; held-out words never occur in it, as a made-up word
    that happens to be one is made up again.
    """
    chance = rng.random()
    if choice == "held out":
        word = rng.choice(HELD_OUT_WORDS)
    elif choice == "known" or chance < 0.55:
        word = rng.choice(KNOWN_WORDS)
    elif chance < 0.7:
        word = rng.choice(SEEN_WORDS)
    else:
        word = made_up(rng)
        while word in HELD_OUT_WORDS:
            word = made_up(rng)
    return rng.choice((word, word.upper(), word.upper(), word.capitalize()))


@lru_cache(maxsize=1)
def font_names() -> tuple[str, ...]:
    """Pillow's own font and those of DejaVu that this machine has."""
    found = [name for name in _FONT_FILES if _loads(name)]
    return (DEFAULT_FONT, DEFAULT_FONT, *found)


@lru_cache(maxsize=4096)
def font(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    if name == DEFAULT_FONT:
        loaded = ImageFont.load_default(size_px)
        assert isinstance(loaded, ImageFont.FreeTypeFont)  # noqa: S101  # Pillow with FreeType
        return loaded
    return ImageFont.truetype(Path(name).name, size_px)


def _loads(name: str) -> bool:
    try:
        ImageFont.truetype(name, 10)
    except OSError:
        return False
    return True
