"""Lee el extracto que exporta el banco (Latin-1, separado por punto y coma)."""

import csv
import io

# así llega el archivo, byte a byte
EXTRACTO = (
    b"Fecha;Descripci\xf3n;Importe\n"
    b"03/05/2024;Panader\xeda La Espiga;-4,20\n"
    b"04/05/2024;N\xf3mina;1.850,00\n"
)


def importe(texto):
    """'1.850,00' como número."""
    return float(texto.replace(".", "").replace(",", "."))


def movimientos(datos):
    texto = datos.decode("latin-1")
    for fila in csv.DictReader(io.StringIO(texto), delimiter=";"):
        yield fila["Descripción"], importe(fila["Importe"])


for descripcion, cantidad in movimientos(EXTRACTO):
    print(f"{descripcion:<22}{cantidad:>10.2f}")
