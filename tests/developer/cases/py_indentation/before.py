"""Cuenta las palabras más frecuentes de un texto."""

import sys
from collections import Counter

VACIAS = {"de", "la", "el", "que", "y", "a", "en", "un", "una"}


def palabras(texto):
    for palabra in texto.lower().split():
        limpia = palabra.strip(".,;:¡!¿?«»()")
      if limpia and limpia not in VACIAS:
            yield limpia


def main():
    cuenta = Counter(palabras(sys.stdin.read()))
    for palabra, veces in cuenta.most_common(10):
        print(f"{veces:4d} {palabra}")


if __name__ == "__main__":
    main()
