"""Convierte la hora de una reunión entre oficinas."""

from datetime import datetime, timedelta, timezone

OFICINAS = {
    "Madrid": timezone(timedelta(hours=1)),
    "Bogotá": timezone(timedelta(hours=-5)),
    "Tokio": timezone(timedelta(hours=9)),
}


def reunion(texto, oficina):
    """La hora local '2024-01-15 16:00' de una oficina."""
    hora = datetime.strptime(texto, "%Y-%m-%d %H:%M")
    return hora.replace(tzinfo=OFICINAS[oficina])


def en(hora, oficina):
    """La misma reunión en la hora de otra oficina."""
    return hora.astimezone(OFICINAS[oficina]).strftime("%Y-%m-%d %H:%M")
