"""Media móvil de una serie de mediciones."""


def media_movil(valores, ventana):
    """Una media por cada grupo de `ventana` valores seguidos."""
    if ventana < 1:
        raise ValueError("la ventana debe ser al menos 1")
    medias = []
    for inicio in range(len(valores) - ventana + 1):
        grupo = valores[inicio : inicio + ventana]
        medias.append(sum(grupo) / ventana)
    return medias


def mayor_subida(medias):
    """La mayor diferencia entre una media y la siguiente."""
    return max(b - a for a, b in zip(medias, medias[1:]))
