/* Disk usage report: one line for each folder. */
#include <stdint.h>
#include <stdio.h>
#include <inttypes.h>

struct folder {
    const char *name;
    uint64_t bytes;
    unsigned files;
};

static void report(const struct folder *folder)
{
    printf("%-12s %12" PRIu64 " bytes in %u files\n", folder->name, folder->bytes, folder->files);
}

int main(void)
{
    struct folder folders[] = {
        {"documentos", 5368709120U, 412},
        {"imágenes", 21474836480U, 9071},
    };

    for (size_t i = 0; i < 2; i++) {
        report(&folders[i]);
    }
    return 0;
}
