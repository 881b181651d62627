"""Suma los importes de una hoja copiada del correo."""

LINEAS = ["12.50", "3,75", "", "pendiente", "8"]


def leer(texto):
    """El importe de una celda, o None si no es un número."""
    try:
        return float(texto.replace(",", "."))
    except ValueError:
        return None


importes = [leer(linea) for linea in LINEAS]
validos = [importe for importe in importes if importe is not None]
print(f"{len(validos)} importes, {len(importes) - len(validos)} sin leer")
print(f"total {sum(validos):.2f}")
