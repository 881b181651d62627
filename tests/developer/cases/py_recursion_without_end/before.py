"""De cuántas formas se sube una escalera de uno en uno o de dos en dos."""

from functools import lru_cache


@lru_cache(maxsize=None)
def formas(escalones):
    """Formas distintas de subir."""
    if escalones == 1:
        return 1
    return formas(escalones - 1) + formas(escalones - 2)


for escalones in (1, 2, 5, 30):
    print(f"{escalones:2d} escalones: {formas(escalones)}")
