"""Resumen de las lecturas del contador de agua."""

LINEAS = """\
2024-01-05 120.5
2024-02-05 131.0
sin lectura
2024-04-05 150.5
"""


def lecturas(texto):
    for linea in texto.splitlines():
        partes = linea.split()
        if len(partes) == 2 and partes[0][0].isdigit():
            yield float(partes[1])


def resumen(valores):
    valores = list(valores)
    consumo = max(valores) - min(valores)
    return f"{len(valores)} lecturas, consumo {consumo:.1f} m³"


print(resumen(lecturas(LINEAS)))
