"""Tablero de tres en raya."""

VACIA = "."


class Tablero:
    def __init__(self, lado=3):
        self.lado = lado
        self.casillas = [[VACIA] * lado] * lado

    def jugar(self, fila, columna, ficha):
        if self.casillas[fila][columna] != VACIA:
            raise ValueError(f"la casilla {fila},{columna} está ocupada")
        self.casillas[fila][columna] = ficha

    def gana(self, ficha):
        filas = self.casillas
        columnas = [list(columna) for columna in zip(*filas)]
        return any(linea == [ficha] * self.lado for linea in filas + columnas)


tablero = Tablero()
for fila, columna, ficha in [(0, 0, "X"), (1, 0, "O"), (0, 1, "X"), (2, 2, "O"), (0, 2, "X")]:
    tablero.jugar(fila, columna, ficha)
print("\n".join("".join(fila) for fila in tablero.casillas))
print("gana X:", tablero.gana("X"))
