/* writer_values: texts become ids: dictionary values, sessions, traces, sets of scalars. */
#include "store/packed_id.h"
#include "store/writer_internal.h"

#include "base/banned.h"

/* ---- dictionaries ------------------------------------------------------------------------- */

static const char *const other_dictionaries[D_COUNT] = {
    [D_IDENTITY_FAMILY] = "identity_family",
    [D_TOOL] = "tool",
    [D_NODE] = "node",
    [D_CONDITION] = "condition",
    [D_SCORE_NAME] = "score_name",
    [D_SCORER] = "scorer",
    [D_JUDGE_MODEL] = "judge_model",
    [D_TOOL_VERSION] = "tool_version",
    [D_EMBEDDING_MODEL] = "embedding_model",
    [D_FINDING] = "finding",
    [D_RULE] = "rule",
    [D_ACTION] = "action",
};

static struct sv dictionary_name(int dictionary)
{
    return sv_from(dictionary < F_DIM_COUNT ? call_fields[dictionary].name
                                            : other_dictionaries[dictionary]);
}

/* -1 for a dictionary of a later program. */
static int dictionary_of(struct sv name)
{
    for (int d = 0; d < D_COUNT; d++)
        if (sv_eq(name, dictionary_name(d)))
            return d;
    return -1;
}

static enum err remember_value(struct writer *w, int d, uint64_t hash, int64_t id,
                               struct error *err)
{
    if (id <= 0 || id > UINT32_MAX)
        return error_set(err, ERR_RANGE, "%s: dictionary %s is full", store_path(w->store),
                         dictionary_name(d).p);
    if (!keyset_put(&w->values.ids, hash, (uint32_t)id))
        return error_set(err, ERR_NOMEM, "out of memory for dictionary %s", dictionary_name(d).p);
    if (id > w->values.last_ids[d])
        w->values.last_ids[d] = id;
    return OK;
}

static uint64_t value_hash(const struct writer *w, int d, struct sv text)
{
    return hash64(text.p, text.n, w->values.seeds[d]);
}

enum err writer_values_load(struct writer *w, struct error *err)
{
    struct query q;
    bool row = true;
    int d = 0;

    w->values.ids.seed = w->seed;
    for (int i = 0; i < D_COUNT; i++)
        w->values.seeds[i] = hash_mix(w->seed + (uint64_t)i + 1);
    enum err rc = query_begin(w, W_VALUES, &q, err);
    while (!rc && !(rc = query_step(w, &q, &row, err)) && row) {
        struct sv name = query_column(&q, 0), text = query_column(&q, 2);
        if (d < 0 || !sv_eq(name, dictionary_name(d)))
            d = dictionary_of(name);
        if (d >= 0)
            rc = remember_value(w, d, value_hash(w, d, text), sqlite3_column_int64(q.stmt, 1), err);
    }
    query_end(&q);
    return rc;
}

int64_t writer_value_find(const struct writer *w, int dictionary, struct sv text)
{
    return keyset_find(&w->values.ids, value_hash(w, dictionary, text));
}

static enum err insert_value(struct writer *w, int d, struct sv text, int64_t id, struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_VALUE_PUT, &q, err);

    if (rc)
        return rc;
    query_text(&q, dictionary_name(d));
    query_i64(&q, id);
    query_text(&q, text);
    return query_run(w, &q, err);
}

/* Where a text would stand among the recent ones: its length and a few of its bytes tell most
 * values of one dictionary apart, and cost less than its hash. */
static struct recent_value *recent_slot(struct value_ids *v, int d, struct sv text)
{
    unsigned first = (unsigned char)text.p[0], last = (unsigned char)text.p[text.n - 1];
    unsigned middle = (unsigned char)text.p[text.n / 2], third = (unsigned char)text.p[text.n - 1 - (text.n > 1)];

    return &v->recent[d][(first + 3 * middle + 5 * third + 7 * last + 11 * (unsigned)text.n) %
                         RECENT_VALUES];
}

int64_t writer_value(struct writer *w, int dictionary, struct sv text, struct error *err)
{
    struct value_ids *v = &w->values;
    struct recent_value *recent = NULL;

    if (text.n && text.n <= sizeof(recent->text))
        recent = recent_slot(v, dictionary, text);
    if (recent && recent->length == text.n && memcmp(recent->text, text.p, text.n) == 0)
        return recent->id;
    uint64_t hash = value_hash(w, dictionary, text);
    int64_t id = keyset_find(&v->ids, hash);
    if (!id) {
        id = v->last_ids[dictionary] + 1;
        if (remember_value(w, dictionary, hash, id, err) ||
            insert_value(w, dictionary, text, id, err))
            return -1;
    }
    if (recent) {
        recent->id = id;
        recent->length = (uint8_t)text.n;
        memcpy(recent->text, text.p, text.n);
    }
    return id;
}

/* ---- keys --------------------------------------------------------------------------------- */

/* Inserts the id under this key unless the key is taken. */
static enum err key_insert(struct writer *w, struct key_table *t, int64_t key, struct sv packed,
                           bool *inserted, struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, t->insert, &q, err);

    if (rc)
        return rc;
    query_i64(&q, key);
    query_blob(&q, packed);
    rc = query_run(w, &q, err);
    *inserted = !rc && sqlite3_changes(w->store->db) > 0;
    t->added += *inserted;
    return rc;
}

/* Looks the id up from its hash on. Two ids of one hash: the later one has the next free key. */
static enum err key_probe(struct writer *w, const struct key_table *t, uint64_t hash,
                          struct sv packed, int64_t *key, bool *known, struct error *err)
{
    enum err rc = OK;
    bool taken = true;

    for (uint64_t k = hash; !rc && taken; k++) {
        struct query q;
        *key = (int64_t)k;
        if (*key == CALL_MISSING)
            continue;
        rc = query_begin(w, t->find, &q, err);
        if (rc)
            break;
        query_i64(&q, *key);
        rc = query_step(w, &q, &taken, err);
        *known = !rc && taken && sv_eq(query_column(&q, 0), packed);
        query_end(&q);
        if (*known)
            break;
    }
    return rc;
}

enum err writer_key(struct writer *w, struct key_table *t, struct sv id, bool add, int64_t *key,
                    bool *known, struct error *err)
{
    unsigned char small[256];
    unsigned char *bytes = small;

    if (PACKED_ID_ROOM(id.n) > sizeof(small))
        bytes = arena_alloc(&w->arena, PACKED_ID_ROOM(id.n));
    if (!bytes)
        return error_set(err, ERR_NOMEM, "out of memory for an id of %zu bytes", id.n);
    struct sv packed = {(const char *)bytes, packed_id_pack(id, bytes)};
    /* The key's hash has no seed: the same id has the same key in every database. */
    uint64_t hash = hash64(packed.p, packed.n, 0), check = hash64(packed.p, packed.n, w->seed);
    size_t slot = hash % KEY_CACHE_SIZE;
    *known = t->recent[slot].hash == hash && t->recent[slot].check == check && check;
    if (*known) {
        *key = t->recent[slot].key;
        return OK;
    }
    enum err rc = OK;
    *key = (int64_t)hash;
    if (add && *key != CALL_MISSING) /* most ids that are not recent are new */
        rc = key_insert(w, t, *key, packed, known, err);
    if (!rc && !*known)
        rc = key_probe(w, t, hash, packed, key, known, err);
    if (!rc && !*known && add)
        rc = key_insert(w, t, *key, packed, known, err);
    if (*known) {
        t->recent[slot].hash = hash;
        t->recent[slot].check = check;
        t->recent[slot].key = *key;
    }
    return rc;
}

/* ---- scalars ------------------------------------------------------------------------------ */

static enum err meta_is(struct writer *w, int64_t id, struct sv scalars, bool *same,
                        struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_META, &q, err);

    if (rc)
        return rc;
    query_i64(&q, id);
    rc = query_step(w, &q, same, err);
    *same = !rc && *same && sv_eq(query_column(&q, 0), scalars);
    query_end(&q);
    return rc;
}

static enum err meta_insert(struct writer *w, struct sv scalars, int64_t *id, struct error *err)
{
    struct query q;
    enum err rc = query_begin(w, W_META_INSERT, &q, err);

    if (rc)
        return rc;
    *id = w->meta.last_id + 1;
    query_i64(&q, *id);
    query_text(&q, scalars);
    rc = query_run(w, &q, err);
    if (!rc)
        w->meta.last_id = *id;
    return rc;
}

enum err writer_meta(struct writer *w, struct sv scalars, const int64_t *candidates, size_t n,
                     int64_t *id, struct error *err)
{
    struct hash128 hash = hash128(scalars.p, scalars.n, w->seed);
    size_t slot = hash.lo % META_CACHE_SIZE;
    bool same = false;
    enum err rc = OK;

    for (size_t i = 0; i < n && !rc && !same; i++) {
        rc = meta_is(w, candidates[i], scalars, &same, err);
        *id = candidates[i];
    }
    if (rc || same)
        return rc;
    if (w->meta.recent[slot].id && w->meta.recent[slot].hash.hi == hash.hi &&
        w->meta.recent[slot].hash.lo == hash.lo) {
        *id = w->meta.recent[slot].id;
        return OK;
    }
    rc = meta_insert(w, scalars, id, err);
    if (!rc) {
        w->meta.recent[slot].hash = hash;
        w->meta.recent[slot].id = *id;
    }
    return rc;
}

/* ---- order -------------------------------------------------------------------------------- */

/* The text behind an id, in the writer's arena. */
static enum err value_text(struct writer *w, int column, int64_t id, struct sv *out,
                           struct error *err)
{
    struct query q;
    bool row = false;
    enum err rc = query_begin(w, column == C_META_ID ? W_META : W_VALUE_TEXT, &q, err);

    if (rc)
        return rc;
    if (column != C_META_ID)
        query_text(&q, dictionary_name(column));
    query_i64(&q, id);
    rc = query_step(w, &q, &row, err);
    *out = SV("");
    if (!rc && row)
        *out = arena_copy(&w->arena, query_column(&q, 0));
    query_end(&q);
    if (!rc && !out->p)
        rc = error_set(err, ERR_NOMEM, "out of memory comparing records");
    return rc;
}

int writer_compare_values(void *ctx, int column, int64_t a, int64_t b)
{
    struct writer *w = ctx;
    struct sv text_a = SV_NONE, text_b = SV_NONE;

    if (w->compare_error.code || value_text(w, column, a, &text_a, &w->compare_error) ||
        value_text(w, column, b, &text_b, &w->compare_error))
        return 0;
    return sv_cmp(text_a, text_b);
}
