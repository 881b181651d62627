"""Sesiones de un servidor: las caducadas se borran."""

DURACION_S = 1800


class Sesiones:
    def __init__(self):
        self.vistas = {}

    def ver(self, usuario, ahora):
        self.vistas[usuario] = ahora

    def limpiar(self, ahora):
        """Borra las sesiones caducadas y dice cuántas eran."""
        borradas = 0
        for usuario, visto in list(self.vistas.items()):
            if ahora - visto > DURACION_S:
                del self.vistas[usuario]
                borradas += 1
        return borradas


sesiones = Sesiones()
sesiones.ver("marta", ahora=0)
sesiones.ver("iván", ahora=1200)
sesiones.ver("sofía", ahora=100)
print(sesiones.limpiar(ahora=2000), "caducadas")
print("quedan:", ", ".join(sesiones.vistas))
