/* Precio final de una compra con descuentos. */
#include <stddef.h>

#define CUENTA(vector) (sizeof(vector) / sizeof((vector)[0]))

static const int DESCUENTOS[] = {5, 10, 20, 50};

/* Suma de los precios en céntimos. */
long total(const int *precios, size_t cuantos)
{
    long suma = 0;
    for (size_t i = 0; i < cuantos; i++) {
        suma += precios[i];
    }
    return suma;
}

/* Cuántos descuentos distintos ofrece la tienda. */
size_t descuentos_disponibles(void)
{
    return CUENTA(DESCUENTOS);
}
