/* Returns the last part of a path as a new string: "fotos/a.png" gives "a.png". */
#include <stdlib.h>
#include <string.h>

char *file_name_of(const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL) {
        return NULL;
    }

    /* trailing slashes do not count */
    size_t length = strlen(copy);
    while (length > 1 && copy[length - 1] == '/') {
        copy[--length] = '\0';
    }

    char *slash = strrchr(copy, '/');
    char *name = strdup(slash != NULL ? slash + 1 : copy);
    free(copy);
    return name;
}
