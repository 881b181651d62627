#include <assert.h>
#include <stddef.h>

double porcentaje(int aciertos, int preguntas);
double media_del_grupo(const int *aciertos, size_t alumnos, int preguntas);

int main(void)
{
    int aciertos[] = {10, 20, 30};
    assert(porcentaje(40, 40) == 100.0);
    assert(porcentaje(10, 40) == 25.0);
    assert(porcentaje(3, 0) == 0.0);
    assert(media_del_grupo(aciertos, 3, 40) == 50.0);
    return 0;
}
