/* Consumo medio de un coche por mes. */
#include <stdio.h>

struct mes {
    const char *nombre;
    int kilometros;
    int mililitros;
};

static void informe(const struct mes *mes)
{
    printf("%s: %d ml/km\n", mes->nombre, mes->mililitros / mes->kilometros);
}

int main(void)
{
    struct mes meses[] = {
        {"enero", 820, 49200},
        {"agosto", 0, 0}, /* el coche estuvo en el taller */
        {"octubre", 410, 28700},
    };

    for (int i = 0; i < 3; i++) {
        informe(&meses[i]);
    }
    return 0;
}
