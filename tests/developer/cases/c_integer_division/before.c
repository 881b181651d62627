/* Resultados de un examen de preguntas tipo test. */
#include <stddef.h>

/* Porcentaje de aciertos, de 0 a 100. */
double porcentaje(int aciertos, int preguntas)
{
    if (preguntas == 0) {
        return 0.0;
    }
    return aciertos / preguntas * 100.0;
}

/* Media de los porcentajes de un grupo. */
double media_del_grupo(const int *aciertos, size_t alumnos, int preguntas)
{
    double suma = 0.0;
    for (size_t i = 0; i < alumnos; i++) {
        suma += porcentaje(aciertos[i], preguntas);
    }
    return alumnos > 0 ? suma / (double)alumnos : 0.0;
}
