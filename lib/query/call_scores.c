/* call_scores: see the header. */
#include "query/call_scores.h"

#include <math.h>
#include <stdlib.h>
#include "base/hash.h"
#include "query/call_places.h"
#include "store/scores.h"
#include "store/trace_each.h"
#include "store/trace_rows.h"
#include "base/banned.h"

/* A score of a trace or a session that looks for its calls; those of one thing are a list. */
struct seeker {
    struct call_score score;
    struct sv trace; /* packed; SV_NONE: of a session */
    uint32_t next;   /* seeker + 1; 0: the last one */
};

struct loading {
    struct store *store;
    struct call_scores *out;
    struct seeker *seekers;
    uint32_t n_seekers, cap_seekers;
    struct keymap traces, sessions; /* hash of the packed id, key: to the list's place in heads */
    uint32_t *heads[2];
    uint32_t cap_heads[2];
    const struct chunk_info *chunk; /* being walked */
    struct keymap kinds;            /* their hashes, counted up where another one has it */
    uint32_t n_read;                /* scores */
};

#define OF_OTHERS (UINT64_C(1) << 63) /* in `of`: a hash, no call's number */

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the scores");
}

bool call_score_is_of_others(const struct call_score *score)
{
    return score->of & OF_OTHERS;
}

static bool grow(void *array, size_t used, size_t *cap, size_t size)
{
    size_t bigger = *cap ? 2 * *cap : 256;
    void *old, *room;

    if (used < *cap)
        return true;
    memcpy(&old, array, sizeof(old));
    room = realloc(old, bigger * size);
    if (!room)
        return false;
    memcpy(array, &room, sizeof(room));
    *cap = bigger;
    return true;
}

static bool add(struct call_scores *c, const struct call_score *score)
{
    if (!grow(&c->v, c->n, &c->cap, sizeof(*c->v)))
        return false;
    c->v[c->n++] = *score;
    return true;
}

static double value_of(const struct stored_score *s)
{
    if (s->value.known)
        return s->value.v;
    return s->passed.known ? (double)s->passed.v : NAN;
}

static bool same_kind(const struct score_kind *a, const struct score_kind *b)
{
    return memcmp(a->word, b->word, sizeof(a->word)) == 0 && a->passed == b->passed &&
           a->weight == b->weight;
}

static bool find_kind(struct loading *l, const struct score_kind *kind, uint32_t *out)
{
    struct call_scores *c = l->out;
    uint64_t key;

    memcpy(&key, &kind->weight, sizeof(key));
    key = hash_mix(key ^ (uint64_t)(kind->passed + 1));
    for (int w = 0; w < SCORE_WORDS; w++)
        key = hash_mix(key ^ kind->word[w]);
    for (;; key++) {
        *out = keymap_add(&l->kinds, key);
        if (*out == KEYMAP_NONE)
            return false;
        if (*out == c->n_kinds)
            break;
        if (same_kind(&c->kinds[*out], kind))
            return true;
    }
    if (!grow(&c->kinds, c->n_kinds, &c->cap_kinds, sizeof(*c->kinds)))
        return false;
    c->kinds[c->n_kinds++] = *kind;
    return true;
}

static bool score_of(struct loading *l, const struct stored_score *s, struct call_score *out)
{
    const struct call_scores *c = l->out;
    const int64_t ids[SCORE_WORDS] = {[SCORE_NAMES] = s->name_id,
                                      [SCORE_SCORERS] = s->scorer_id,
                                      [SCORE_JUDGE_MODELS] = s->judge_model_id};
    struct score_kind kind = {.check = CHECK_COUNT,
                              .passed = s->passed.known ? (int)s->passed.v : -1,
                              .weight = s->weight};

    for (int w = 0; w < SCORE_WORDS; w++)
        if (ids[w] > 0 && (size_t)ids[w] <= c->n_words[w])
            kind.word[w] = (uint32_t)ids[w];
    if (kind.word[SCORE_NAMES])
        kind.check = check_of(c->words[SCORE_NAMES][kind.word[SCORE_NAMES] - 1]);
    *out = (struct call_score){
        .of = s->call_id != CALL_MISSING
                  ? (uint64_t)s->call_id
                  : hash64(s->target_id.p, s->target_id.n, (uint64_t)s->target) | OF_OTHERS,
        .value = value_of(s),
        .score = l->n_read++,
        .group = SCAN_OUT};
    return find_kind(l, &kind, &out->kind);
}

/* ---- scores of calls ---------------------------------------------------------------------- */

/* Its call is the number less one until find_places(). */
static bool keep_of_call(struct loading *l, const struct stored_score *s)
{
    struct call_score score;

    if (!call_has_place(s->call_id))
        return true;
    if (!score_of(l, s, &score))
        return false;
    score.call = (uint32_t)(s->call_id - 1);
    return add(l->out, &score);
}

static uint32_t call_at(const struct chunk_info *chunk, int64_t place)
{
    return (uint32_t)(chunk->number * CHUNK_ROWS + place);
}

/* Numbers of calls into places; calls that are gone are left out. */
static enum err find_places(struct loading *l, struct error *err)
{
    struct call_scores *c = l->out;
    size_t kept = 0;
    enum err rc = c->n ? call_places(l->store, &c->v->call, sizeof(*c->v), c->n, err) : OK;

    for (size_t i = 0; i < c->n && !rc; i++)
        if (c->v[i].call != CALL_GONE)
            c->v[kept++] = c->v[i];
    c->n = rc ? c->n : kept;
    return rc;
}

/* ---- scores of traces and sessions -------------------------------------------------------- */

static bool seek(struct loading *l, bool session, uint64_t key, const struct seeker *seeker)
{
    struct keymap *map = session ? &l->sessions : &l->traces;
    size_t cap = l->cap_seekers, cap_heads = l->cap_heads[session];
    uint32_t place = keymap_add(map, key);

    if (place == KEYMAP_NONE || !grow(&l->seekers, l->n_seekers, &cap, sizeof(*l->seekers)) ||
        !grow(&l->heads[session], place, &cap_heads, sizeof(**l->heads)))
        return false;
    l->cap_seekers = (uint32_t)cap;
    for (size_t i = l->cap_heads[session]; i < cap_heads; i++)
        l->heads[session][i] = 0;
    l->cap_heads[session] = (uint32_t)cap_heads;
    l->seekers[l->n_seekers] = *seeker;
    l->seekers[l->n_seekers].next = l->heads[session][place];
    l->heads[session][place] = ++l->n_seekers;
    return true;
}

static bool keep_other(struct loading *l, const struct stored_score *s)
{
    struct seeker seeker = {.trace = SV_NONE};
    bool session = s->target == TARGET_SESSION, known = false;
    struct sv text;
    int64_t key = 0;

    if (!score_of(l, s, &seeker.score))
        return false;
    if (!session) {
        seeker.trace = arena_copy(&l->out->arena, s->target_id);
        return seeker.trace.p && seek(l, false, hash64(seeker.trace.p, seeker.trace.n, 0), &seeker);
    }
    text = store_unpack(s->target_id, &l->out->arena);
    if (!text.p || store_session_key(l->store, text, &key, &known, NULL) || !known)
        return true; /* no call of that session is here */
    return seek(l, true, (uint64_t)key, &seeker);
}

static bool found(struct loading *l, bool session, uint64_t key, struct sv trace, int64_t place)
{
    uint32_t at = keymap_find(session ? &l->sessions : &l->traces, key);

    if (at == KEYMAP_NONE)
        return true;
    for (uint32_t i = l->heads[session][at]; i; i = l->seekers[i - 1].next) {
        struct seeker *seeker = &l->seekers[i - 1];

        if (!session && !sv_eq(seeker->trace, trace))
            continue;
        seeker->score.call = call_at(l->chunk, place);
        if (!add(l->out, &seeker->score))
            return false;
    }
    return true;
}

static bool visit_trace(void *ctx, int64_t place, const struct call_belongs *to)
{
    struct loading *l = ctx;

    return !to->trace.n || found(l, false, hash64(to->trace.p, to->trace.n, 0), to->trace, place);
}

static enum err find_calls(struct loading *l, const struct chunk_info *chunk, int64_t *keys,
                           struct error *err)
{
    int64_t *cols[C_COUNT] = {NULL};
    enum err rc = OK;

    l->chunk = chunk;
    cols[C_SESSION_KEY] = keys;
    if (l->sessions.n)
        rc = store_read_columns(l->store, chunk, COLUMN(C_SESSION_KEY), cols, err);
    for (int64_t i = 0; l->sessions.n && !rc && i < chunk->rows; i++)
        if (keys[i] != CALL_MISSING && !found(l, true, (uint64_t)keys[i], SV_NONE, i))
            rc = no_memory(err);
    if (!rc && l->traces.n)
        rc = store_each_trace(l->store, chunk, visit_trace, l, err);
    return rc;
}

static int by_place(const void *a, const void *b)
{
    const struct call_score *x = a, *y = b;

    if (x->call != y->call)
        return x->call < y->call ? -1 : 1;
    return x->score < y->score ? -1 : x->score > y->score;
}

static enum err find_others(struct loading *l, const struct chunk_info *chunks, size_t n_chunks,
                            struct error *err)
{
    int64_t *keys;
    enum err rc = OK;

    if (!l->n_seekers)
        return OK;
    keys = malloc(CHUNK_ROWS * sizeof(*keys));
    if (!keys)
        return no_memory(err);
    for (size_t i = 0; i < n_chunks && !rc; i++)
        rc = find_calls(l, &chunks[i], keys, err);
    free(keys);
    l->out->of_others = true;
    if (!rc && l->out->n)
        qsort(l->out->v, l->out->n, sizeof(*l->out->v), by_place);
    return rc;
}

static bool visit(void *ctx, const struct stored_score *s)
{
    return s->call_id == CALL_MISSING ? keep_other(ctx, s) : keep_of_call(ctx, s);
}

/* ---- all of them -------------------------------------------------------------------------- */

enum err call_scores_load(struct store *s, struct call_scores *out, struct error *err)
{
    struct loading l = {.store = s, .out = out};
    struct chunk_info *chunks = NULL;
    size_t n_chunks = 0;
    enum err rc = OK;

    for (enum score_words w = 0; w < SCORE_WORDS && !rc; w++)
        rc = store_score_words(s, w, &out->arena, &out->words[w], &out->n_words[w], err);
    if (!rc)
        rc = store_each_score(s, visit, &l, err);
    if (!rc)
        rc = find_places(&l, err);
    if (!rc && l.n_seekers)
        rc = store_chunks(s, &chunks, &n_chunks, err);
    if (!rc)
        rc = find_others(&l, chunks, n_chunks, err);
    free(chunks);
    free(l.seekers);
    free(l.heads[0]);
    free(l.heads[1]);
    keymap_release(&l.kinds);
    keymap_release(&l.traces);
    keymap_release(&l.sessions);
    return rc;
}

void call_scores_release(struct call_scores *c)
{
    free(c->v);
    free(c->kinds);
    arena_release(&c->arena);
    *c = (struct call_scores){0};
}

/* The first score that is not before a call. */
static size_t first_from(const struct call_scores *c, int64_t call)
{
    return c->n ? call_places_before(&c->v->call, sizeof(*c->v), c->n, call) : 0;
}

void call_scores_of(const struct call_scores *c, const struct slice *slice,
                    const struct call_score **first, const struct call_score **end)
{
    int64_t at = call_place_first(slice);

    *first = c->v + first_from(c, at);
    *end = c->v + first_from(c, at + slice->rows);
}

void call_scores_mark(struct call_scores *c, const struct slice *slice)
{
    int64_t at = call_place_first(slice);
    size_t i = first_from(c, at);
    size_t end = first_from(c, at + slice->rows);

    for (; i < end; i++)
        c->v[i].group = slice->group[c->v[i].call - at];
}
