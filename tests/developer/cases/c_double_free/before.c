/* Lista de tareas pendientes; cada nodo es dueño de su texto. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tarea {
    char *texto;
    struct tarea *siguiente;
};

static struct tarea *agregar(struct tarea *lista, const char *texto)
{
    struct tarea *nueva = malloc(sizeof *nueva);
    if (nueva == NULL) {
        exit(EXIT_FAILURE);
    }
    nueva->texto = strdup(texto);
    nueva->siguiente = lista;
    return nueva;
}

static struct tarea *quitar_primera(struct tarea *lista)
{
    struct tarea *resto = lista->siguiente;
    free(lista->texto);
    free(lista);
    return resto;
}

int main(void)
{
    struct tarea *lista = NULL;
    lista = agregar(lista, "comprar pan");
    lista = agregar(lista, "llamar a Lucía");
    while (lista != NULL) {
        char *texto = lista->texto;
        printf("hecho: %s\n", texto);
        lista = quitar_primera(lista);
        free(texto);
    }
    return 0;
}
