/* Etiquetas para los tarros de la despensa. */
#include <stdio.h>
#include <string.h>

#define ANCHO 20

static void etiqueta(const char *contenido, const char *fecha)
{
    char texto[ANCHO];
    strcpy(texto, contenido);
    strcat(texto, " (");
    strcat(texto, fecha);
    strcat(texto, ")");
    printf("[%-31s]\n", texto);
}

int main(void)
{
    const char *contenidos[] = {"arroz", "lentejas", "garbanzos"};

    for (int i = 0; i < 3; i++) {
        etiqueta(contenidos[i], "2024-05-01");
    }
    return 0;
}
