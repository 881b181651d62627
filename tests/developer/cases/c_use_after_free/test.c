#include <assert.h>
#include <stdlib.h>
#include <string.h>

char *file_name_of(const char *path);

int main(void)
{
    char *name = file_name_of("fotos/a.png");
    char *other = file_name_of("b/c.txt//");
    assert(strcmp(name, "a.png") == 0);
    assert(strcmp(other, "c.txt") == 0);
    free(name);
    free(other);
    return 0;
}
