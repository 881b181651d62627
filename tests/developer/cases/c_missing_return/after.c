/* Tarifa del aparcamiento: la primera media hora es gratis. */
#include <stdio.h>

static int tarifa_centimos(int minutos)
{
    if (minutos <= 30) {
        return 0;
    }
    if (minutos <= 120) {
        return (minutos - 30) * 3;
    }
    return 270 + (minutos - 120) * 2;
}

int main(void)
{
    int estancias[] = {15, 45, 120, 300};

    for (size_t i = 0; i < sizeof estancias / sizeof estancias[0]; i++) {
        int precio = tarifa_centimos(estancias[i]);
        printf("%d min: %d.%02d EUR\n", estancias[i], precio / 100, precio % 100);
    }
    return 0;
}
