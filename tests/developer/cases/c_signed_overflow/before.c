/* Segundos de reproducción de una biblioteca de música, y su tamaño sin comprimir. */
#include <stdio.h>

#define FRECUENCIA_HZ 44100
#define CANALES 2
#define BYTES_POR_MUESTRA 2

static long long bytes_sin_comprimir(int segundos)
{
    return segundos * FRECUENCIA_HZ * CANALES * BYTES_POR_MUESTRA;
}

int main(void)
{
    int duraciones[] = {215, 184, 3600, 14400}; /* la última es un audiolibro */
    int total = 0;

    for (int i = 0; i < 4; i++) {
        total += duraciones[i];
        printf("%6d s: %lld bytes\n", duraciones[i], bytes_sin_comprimir(duraciones[i]));
    }
    printf("%6d s en total\n", total);
    return 0;
}
