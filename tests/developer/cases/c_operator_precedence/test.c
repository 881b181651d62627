#include <assert.h>
#include <stdbool.h>

bool permite(unsigned permisos, unsigned pedidos);
unsigned conceder(unsigned permisos, unsigned nuevos);
unsigned retirar(unsigned permisos, unsigned quitados);

int main(void)
{
    assert(permite(7, 2));
    assert(permite(conceder(1, 4), 4));
    assert(!permite(4, 2));
    assert(!permite(1, 3));
    assert(!permite(retirar(7, 2), 2));
    return 0;
}
