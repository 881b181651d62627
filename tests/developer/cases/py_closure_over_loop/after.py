"""Un menú de conversiones: cada opción es una función."""

FACTORES = {"km a millas": 0.621371, "kg a libras": 2.204623, "litros a galones": 0.264172}


def hacer_menu(factores):
    """Por cada nombre, la función que convierte una cantidad."""
    menu = {}
    for nombre, factor in factores.items():

        def convertir(cantidad, factor=factor):
            return round(cantidad * factor, 3)

        menu[nombre] = convertir
    return menu


def convertir(nombre, cantidad):
    return hacer_menu(FACTORES)[nombre](cantidad)
