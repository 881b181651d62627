/* Cuenta las vocales de cada palabra que llega. */
#include <stdio.h>

static int vocales(const char *palabra)
{
    int cuenta = 0;
    for (size_t i = 0; i < strlen(palabra); i++) {
        if (strchr("aeiouAEIOU", palabra[i]) != NULL) {
            cuenta++;
        }
    }
    return cuenta;
}

int main(void)
{
    char palabra[64];

    while (scanf("%63s", palabra) == 1) {
        printf("%s: %d\n", palabra, vocales(palabra));
    }
    return 0;
}
