"""Socios del club en una base de datos."""

import sqlite3


def abrir():
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE socios (nombre TEXT PRIMARY KEY, cuota INTEGER)")
    return base


def alta(base, nombre, cuota):
    base.execute("INSERT INTO socios VALUES (?, ?)", (nombre, cuota))


def cuota(base, nombre):
    fila = base.execute(f"SELECT cuota FROM socios WHERE nombre = '{nombre}'").fetchone()
    return fila[0] if fila else None


base = abrir()
for nombre, euros in [("Núria Vidal", 30), ("Brian O'Neill", 25), ("Eva d'Ors", 20)]:
    alta(base, nombre, euros)
print(cuota(base, "Brian O'Neill"))
print(cuota(base, "x' OR '1'='1"))
