/* Permisos de un archivo guardados como bits. */
#include <stdbool.h>

enum {
    LEER = 1,
    ESCRIBIR = 2,
    EJECUTAR = 4,
};

/* Tiene todos los permisos pedidos? */
bool permite(unsigned permisos, unsigned pedidos)
{
    return permisos & pedidos == pedidos;
}

unsigned conceder(unsigned permisos, unsigned nuevos)
{
    return permisos | nuevos;
}

unsigned retirar(unsigned permisos, unsigned quitados)
{
    return permisos & ~quitados;
}
