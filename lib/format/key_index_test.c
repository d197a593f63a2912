/* The indexes are what their lists give. UPDATE=1 rewrites them; then build again. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#include "format/aliases.h"
#include "format/otlp_attributes.h"

static const struct {
    const char *path;
    const struct key_index *index;
} indexes[] = {
    {"lib/format/alias_slots.inc", &alias_index},
    {"lib/format/attribute_slots.inc", &attribute_index},
};

static void build(const struct key_index *index, uint16_t *slots)
{
    memset(slots, 0, KEY_SLOTS * sizeof(*slots));
    for (size_t i = 0; i < index->n; i++) {
        size_t slot = key_slot(index->keys[i].name);

        while (slots[slot])
            slot = (slot + 1) % KEY_SLOTS;
        slots[slot] = (uint16_t)(i + 1);
    }
}

static void rewrite(const char *path, const uint16_t *slots)
{
    FILE *f = fopen(path, "w");

    cr_assert(f != NULL, "%s", path);
    for (size_t i = 0; i < KEY_SLOTS; i++)
        fprintf(f, "%d,%c", slots[i], i % 24 == 23 || i + 1 == KEY_SLOTS ? '\n' : ' ');
    fclose(f);
}

Test(key_index, slots_are_those_of_the_list)
{
    static uint16_t slots[KEY_SLOTS];

    for (size_t i = 0; i < ARRAY_LEN(indexes); i++) {
        cr_assert(indexes[i].index->n <= KEY_SLOTS / 2);
        build(indexes[i].index, slots);
        cr_expect(memcmp(slots, indexes[i].index->slots, sizeof(slots)) == 0,
                  "%s is stale: run the tests with UPDATE=1 and build again", indexes[i].path);
        if (getenv("UPDATE"))
            rewrite(indexes[i].path, slots);
    }
}

Test(key_index, every_name_is_there_once_and_finds_its_row)
{
    for (size_t i = 0; i < ARRAY_LEN(indexes); i++)
        for (size_t k = 0; k < indexes[i].index->n; k++) {
            const struct known_key *key = &indexes[i].index->keys[k];

            cr_expect(key_find(indexes[i].index, key->name) == key, "%s", key->name.p);
        }
}

Test(key_index, near_misses_are_not_found)
{
    static const char *const others[] = {"",        "m",           "mode",          "models",
                                         "Model",   "input_token", "input_tokens_", "iNput_tokens",
                                         "xx",      "tim",         "time_",         "inputXtokens"};

    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        cr_expect(alias_find(sv_from(others[i])) == NULL, "%s", others[i]);
    cr_expect(alias_find(SV_NONE) == NULL);
}

/* No two names of one target have one rank: which of them counts would depend on their order. */
Test(key_index, ranks_are_distinct)
{
    for (size_t i = 0; i < ARRAY_LEN(indexes); i++)
        for (size_t a = 0; a < indexes[i].index->n; a++)
            for (size_t b = 0; b < a; b++) {
                const struct known_key *x = &indexes[i].index->keys[a];
                const struct known_key *y = &indexes[i].index->keys[b];

                cr_expect(x->target >= T_COUNT || x->target != y->target || x->rank != y->rank,
                          "%s, %s", x->name.p, y->name.p);
            }
}
