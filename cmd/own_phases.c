/* own_phases: see the header. */
#include "own_phases.h"

#include <string.h>

#include "base/banned.h"

/* config_read() took none but these names. */
static enum phase phase_by_name(const char *name)
{
    enum phase p = PHASE_NONE;

    while (p + 1 < PHASE_COUNT && strcmp(phase_names[p], name) != 0)
        p++;
    return p;
}

enum err own_phases(struct invocation *inv, struct phase_table *out, struct error *err)
{
    const struct config *c = &inv->config;
    struct phase_name *v = arena_zalloc(&inv->arena, c->n_phases + 1, sizeof(*v));

    if (!v)
        return error_set(err, ERR_NOMEM, "out of memory for the configuration");
    for (size_t i = 0; i < c->n_phases; i++)
        v[i] = (struct phase_name){c->phases[i].name, phase_by_name(c->phases[i].is)};
    *out = (struct phase_table){v, c->n_phases};
    return OK;
}
