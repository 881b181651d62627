"""Pedidos de una cafetería."""

PRECIOS = {"café": 140, "té": 130, "tostada": 210}


def nuevo_pedido(mesa, productos=[]):
    """Un pedido; sin productos empieza vacío."""
    return {"mesa": mesa, "productos": productos}


def agregar(pedido, producto):
    if producto not in PRECIOS:
        raise KeyError(producto)
    pedido["productos"].append(producto)


def total(pedido):
    """En céntimos."""
    return sum(PRECIOS[producto] for producto in pedido["productos"])


primero = nuevo_pedido(mesa=1)
agregar(primero, "café")
agregar(primero, "tostada")
segundo = nuevo_pedido(mesa=2)
agregar(segundo, "té")
for pedido in (primero, segundo):
    print(f"mesa {pedido['mesa']}: {total(pedido) / 100:.2f} €")
