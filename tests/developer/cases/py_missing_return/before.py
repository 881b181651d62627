"""Búsqueda binaria en una agenda ordenada por nombre."""


def buscar(agenda, nombre, desde=0, hasta=None):
    """La posición de `nombre`, o -1."""
    if hasta is None:
        hasta = len(agenda)
    if desde >= hasta:
        return -1
    medio = (desde + hasta) // 2
    if agenda[medio][0] == nombre:
        return medio
    if agenda[medio][0] < nombre:
        buscar(agenda, nombre, medio + 1, hasta)
    else:
        return buscar(agenda, nombre, desde, medio)


def telefono(agenda, nombre):
    posicion = buscar(agenda, nombre)
    return agenda[posicion][1] if posicion >= 0 else "desconocido"


AGENDA = [("Ana", "600 111"), ("Bruno", "600 222"), ("Carla", "600 333"), ("Diego", "600 444")]
for nombre in ("Carla", "Diego", "Ana", "Zoe"):
    print(nombre, telefono(AGENDA, nombre))
