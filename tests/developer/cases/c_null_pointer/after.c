/* Lee líneas "clave=valor" de una configuración. */
#include <stdio.h>
#include <string.h>

static const char *TEXTO[] = {"idioma=es", "# comentario", "volumen=70", "modo_noche"};

static void mostrar(const char *linea)
{
    char copia[64];
    if (linea[0] == '#') {
        return;
    }
    snprintf(copia, sizeof copia, "%s", linea);

    char *igual = strchr(copia, '=');
    if (igual == NULL) {
        printf("%s -> (sin valor)\n", copia);
        return;
    }
    *igual = '\0';
    printf("%s -> %s\n", copia, igual + 1);
}

int main(void)
{
    for (size_t i = 0; i < sizeof TEXTO / sizeof TEXTO[0]; i++) {
        mostrar(TEXTO[i]);
    }
    return 0;
}
