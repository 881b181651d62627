"""Caja registradora: comprueba que los pagos cubren la cuenta exacta."""


def cuenta(precios):
    return sum(float(precio) for precio in precios)


def saldada(precios, pagos):
    """Si lo pagado es exactamente lo que se debe."""
    return cuenta(precios) == cuenta(pagos)


def cambio(precios, entregado):
    """Lo que hay que devolver; negativo si falta dinero."""
    return cuenta([entregado]) - cuenta(precios)
