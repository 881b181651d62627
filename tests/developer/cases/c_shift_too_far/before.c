/* Seats of a cinema row as bits of one number: up to 64 seats. */
#include <stdint.h>
#include <stdio.h>

static uint64_t taken;

static int reserve(unsigned seat)
{
    uint64_t bit = 1 << seat;
    if (taken & bit) {
        return 0;
    }
    taken |= bit;
    return 1;
}

int main(void)
{
    unsigned wanted[] = {3, 17, 40, 3, 63};

    for (int i = 0; i < 5; i++) {
        printf("asiento %u: %s\n", wanted[i], reserve(wanted[i]) ? "reservado" : "ocupado");
    }
    return 0;
}
