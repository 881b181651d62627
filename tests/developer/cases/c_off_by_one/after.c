/* Media de las temperaturas de la semana. */
#include <stdio.h>

#define DIAS 7

static double media(const double temperaturas[DIAS])
{
    double suma = 0.0;
    for (int dia = 0; dia < DIAS; dia++) {
        suma += temperaturas[dia];
    }
    return suma / DIAS;
}

int main(void)
{
    double temperaturas[DIAS] = {18.5, 19.0, 21.5, 22.0, 20.5, 17.0, 16.5};
    double maxima = temperaturas[0];

    for (int dia = 1; dia < DIAS; dia++) {
        if (temperaturas[dia] > maxima) {
            maxima = temperaturas[dia];
        }
    }
    printf("media %.1f, maxima %.1f\n", media(temperaturas), maxima);
    return 0;
}
