"""Horario de la biblioteca."""

FESTIVOS = {"1 de enero", "25 de diciembre"}


def es_fin_de_semana(dia):
    return dia == "sábado" or "domingo"


def hora_de_cierre(dia, fecha):
    """La hora de cierre, o None si no abre."""
    if fecha in FESTIVOS:
        return None
    if es_fin_de_semana(dia):
        return 14
    return 21


def abierta(dia, fecha, hora):
    cierre = hora_de_cierre(dia, fecha)
    return cierre is not None and 9 <= hora < cierre
