"""Caja registradora: comprueba que los pagos cubren la cuenta exacta."""

from decimal import Decimal


def cuenta(precios):
    return sum((Decimal(precio) for precio in precios), start=Decimal(0))


def saldada(precios, pagos):
    """Si lo pagado es exactamente lo que se debe."""
    return cuenta(precios) == cuenta(pagos)


def cambio(precios, entregado):
    """Lo que hay que devolver; negativo si falta dinero."""
    return cuenta([entregado]) - cuenta(precios)
