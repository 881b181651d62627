"""Buscador de recetas que no distingue tildes ni mayúsculas."""

import unicodedata

RECETAS = ["Jamón con melón", "Café irlandés", "Ñoquis de calabaza", "Pure de patata"]


def sin_tildes(texto):
    descompuesto = unicodedata.normalize("NFC", texto.casefold())
    return "".join(letra for letra in descompuesto if not unicodedata.combining(letra))


def buscar(consulta, recetas=tuple(RECETAS)):
    """Las recetas cuyo nombre contiene la consulta."""
    buscado = sin_tildes(consulta)
    return [receta for receta in recetas if buscado in sin_tildes(receta)]
