#include <assert.h>
#include <stdbool.h>

bool calcular(char operacion, double a, double b, double *resultado);

int main(void)
{
    double r = 0.0;
    assert(calcular('+', 2, 3, &r) && r == 5.0);
    assert(calcular('-', 2, 3, &r) && r == -1.0);
    assert(calcular('*', 6, 3, &r) && r == 18.0);
    assert(calcular('/', 6, 3, &r) && r == 2.0);
    assert(!calcular('/', 6, 0, &r));
    assert(!calcular('?', 1, 1, &r));
    return 0;
}
