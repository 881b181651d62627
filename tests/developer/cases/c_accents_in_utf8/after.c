/* Columnas alineadas para nombres en español (UTF-8). */
#include <stddef.h>
#include <stdio.h>

/* Letras de un texto UTF-8: los bytes de continuación no cuentan. */
size_t letras(const char *texto)
{
    size_t cuenta = 0;
    for (; *texto != '\0'; texto++) {
        if (((unsigned char)*texto & 0xC0) != 0x80) {
            cuenta++;
        }
    }
    return cuenta;
}

/* Escribe texto y espacios hasta completar el ancho. */
void columna(char *salida, size_t tamano, const char *texto, size_t ancho)
{
    size_t largo = letras(texto);
    int relleno = largo < ancho ? (int)(ancho - largo) : 0;
    snprintf(salida, tamano, "%s%*s|", texto, relleno, "");
}
