#include <assert.h>
#include <stddef.h>

long total(const int *precios, size_t cuantos);
size_t descuentos_disponibles(void);

int main(void)
{
    int precios[] = {199, 250, 1000, 51};
    assert(descuentos_disponibles() == 4);
    assert(total(precios, 2) == 449);
    assert(total(precios, 4) == 1500);
    return 0;
}
