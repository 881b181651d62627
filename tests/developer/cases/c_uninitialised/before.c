/* Suma los números que llegan por la entrada, uno por línea. */
#include <stdio.h>

int main(void)
{
    long suma;
    long numero;
    int cuantos = 0;

    while (scanf("%ld", &numero) == 1) {
        suma += numero;
        cuantos++;
    }
    if (cuantos == 0) {
        fprintf(stderr, "no hay números\n");
        return 1;
    }
    printf("%d números, suma %ld\n", cuantos, suma);
    return 0;
}
