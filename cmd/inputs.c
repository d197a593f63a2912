/* inputs: what the commands that read logs have in common. */
#include "inputs.h"

#include <sched.h>
#include <stdio.h>
#include <sys/random.h>
#include "base/banned.h"

enum err inputs_expand(const struct text_list *args, struct arena *arena, struct path_list *out,
                       int64_t *missing, struct error *err)
{
    *missing = 0;
    for (size_t i = 0; i < args->n; i++) {
        struct error inner = {0};
        char text[640];
        enum err rc = path_list_add(out, args->v[i], arena, &inner);

        if (rc == ERR_NOMEM) {
            *err = inner;
            return rc;
        }
        if (rc) {
            error_text(&inner, text, sizeof(text));
            fprintf(stderr, "llmobs: %s\n", text);
            (*missing)++;
        }
    }
    if (out->n == 0 && !*missing)
        return error_set(err, ERR_NOT_FOUND, "%s: no log files in there", args->v[0]);
    return OK;
}

int inputs_processors(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

uint64_t inputs_seed(void)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
        return 0; /* early at boot: slower on hostile input, never wrong */
    return seed;
}
