"""Aplana listas de etiquetas anidadas."""

from collections import Iterable


def aplanar(elementos):
    """Los elementos de listas dentro de listas; los textos no se parten."""
    for elemento in elementos:
        if isinstance(elemento, Iterable) and not isinstance(elemento, str):
            yield from aplanar(elemento)
        else:
            yield elemento


etiquetas = ["viaje", ["mar", ("playa", "vela")], [], ["2023"]]
print(", ".join(aplanar(etiquetas)))
