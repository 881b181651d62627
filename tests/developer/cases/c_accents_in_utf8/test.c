#include <assert.h>
#include <stddef.h>
#include <string.h>

size_t letras(const char *texto);
void columna(char *salida, size_t tamano, const char *texto, size_t ancho);

int main(void)
{
    char salida[64];
    assert(letras("Ana") == 3);
    assert(letras("Begoña") == 6);
    columna(salida, sizeof salida, "José", 6);
    assert(strcmp(salida, "José  |") == 0);
    columna(salida, sizeof salida, "Inés María", 4);
    assert(strcmp(salida, "Inés María|") == 0);
    return 0;
}
