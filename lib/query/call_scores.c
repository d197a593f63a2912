/* call_scores: see the header. */
#include "query/call_scores.h"

#include <math.h>
#include <stdlib.h>
#include "base/hash.h"
#include "query/call_places.h"
#include "store/scores.h"
#include "store/texts.h"
#include "store/trace_each.h"
#include "store/trace_rows.h"
#include "base/banned.h"

/* A score of a trace or a session that looks for its calls; those of one thing are a list. */
struct seeker {
    struct other_score score;
    struct sv trace; /* packed; SV_NONE: of a session */
    uint32_t next;   /* seeker + 1; 0: the last one */
};

struct loading {
    struct store *store;
    bool others_alone;
    const char *checker; /* of formats, or NULL */
    uint32_t checked_kind;
    struct call_scores *out;
    struct seeker *seekers;
    uint32_t n_seekers, cap_seekers;
    struct keymap traces, sessions; /* hash of the packed id, key: to the list's place in heads */
    uint32_t *heads[2];
    uint32_t cap_heads[2];
    const struct chunk_info *chunk; /* being walked */
    int64_t *calls;                 /* numbers of calls of one chunk */
    size_t cap_calls;
    struct keymap kinds; /* their hashes, counted up where another one has it */
    uint32_t n_others;   /* scores of traces and sessions */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the scores");
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

static double value_of(const struct stored_score *s)
{
    if (s->value.known)
        return s->value.v;
    return s->passed.known ? (double)s->passed.v : NAN;
}

static bool same_kind(const struct score_kind *a, const struct score_kind *b)
{
    return memcmp(a->word, b->word, sizeof(a->word)) == 0 && a->passed == b->passed &&
           a->weight == b->weight && a->checked == b->checked;
}

static bool find_kind(struct loading *l, const struct score_kind *kind, uint32_t *out)
{
    struct call_scores *c = l->out;
    uint64_t key;

    memcpy(&key, &kind->weight, sizeof(key));
    key = hash_mix(key ^ (uint64_t)(kind->passed + 1) ^ (uint64_t)kind->checked << 8);
    for (int w = 0; w < SCORE_WORDS; w++)
        key = hash_mix(key ^ kind->word[w]);
    for (;; key++) {
        *out = keymap_add(&l->kinds, key);
        if (*out == KEYMAP_NONE || *out >= SCORE_KINDS_MAX)
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

/* The number of a score's kind; false: out of memory. */
static bool kind_of(struct loading *l, const struct stored_score *s, uint32_t *out)
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
    return find_kind(l, &kind, out);
}

/* ---- scores of calls ---------------------------------------------------------------------- */

static bool keep_number(struct loading *l, size_t i, int64_t call)
{
    if (!grow(&l->calls, i, &l->cap_calls, sizeof(*l->calls)))
        return false;
    l->calls[i] = call;
    return true;
}

/* Among the others; its call is the number less one until place_beside(). */
static bool keep_beside(struct loading *l, int64_t call_id, double value, uint32_t kind)
{
    struct call_scores *c = l->out;

    if (!grow(&c->others, c->n_others, &c->cap_others, sizeof(*c->others)))
        return false;
    c->others[c->n_others++] = (struct other_score){.of = (uint64_t)call_id,
                                                    .value = value,
                                                    .score = l->n_others++,
                                                    .call = (uint32_t)(call_id - 1),
                                                    .group = SCAN_OUT,
                                                    .kind = kind};
    return true;
}

/* It stands there by its number less one until find_places(). */
static bool keep_of_call(struct loading *l, const struct stored_score *s)
{
    struct call_scores *c = l->out;
    uint32_t kind;

    if (l->others_alone || !call_has_place(s->call_id))
        return true;
    if (!kind_of(l, s, &kind))
        return false;
    if (l->checker && c->kinds[kind].check == CHECK_FORMAT)
        return keep_beside(l, s->call_id, value_of(s), kind);
    if (!grow(&c->v, c->n, &c->cap, sizeof(*c->v)))
        return false;
    c->v[c->n++] =
        (struct key128){(uint64_t)(s->call_id - 1) << 32 | kind, key_of_real(value_of(s))};
    return true;
}

static uint32_t call_of(const struct call_scores *c, size_t i)
{
    return (uint32_t)(c->v[i].hi >> 32);
}

static uint32_t call_at(const struct chunk_info *chunk, int64_t place)
{
    return (uint32_t)(chunk->number * CHUNK_ROWS + place);
}

/* By call; most come in the order of their calls. */
static void sort_scores(struct call_scores *c)
{
    size_t i = 1;

    while (i < c->n && call_of(c, i - 1) <= call_of(c, i))
        i++;
    if (i < c->n)
        sort128(c->v, c->n);
}

/* Numbers of calls into places in their chunk; calls that are gone are left out. */
static enum err find_places(struct loading *l, const struct chunk_info *chunks, size_t n_chunks,
                            struct error *err)
{
    struct call_scores *c = l->out;
    size_t kept = 0, i = 0;
    enum err rc = OK;

    for (size_t k = 0; k < n_chunks && !rc; k++) {
        size_t first;

        while (i < c->n && call_of(c, i) / CHUNK_ROWS < chunks[k].number)
            i++;
        first = i;
        for (; i < c->n && call_of(c, i) / CHUNK_ROWS == chunks[k].number; i++)
            if (!keep_number(l, i - first, (int64_t)call_of(c, i) + 1))
                return no_memory(err);
        if (i == first)
            continue;
        rc = store_call_places(l->store, &chunks[k], l->calls, i - first, err);
        for (size_t m = first; m < i && !rc; m++)
            if (l->calls[m - first] >= 0)
                c->v[kept++] = (struct key128){
                    (uint64_t)call_at(&chunks[k], l->calls[m - first]) << 32 | (uint32_t)c->v[m].hi,
                    c->v[m].lo};
    }
    c->n = kept;
    return rc;
}

/* Where each call begins, and each block of them. */
static enum err find_starts(struct call_scores *c, struct error *err)
{
    size_t block = 0;

    c->n_blocks = c->n ? call_of(c, c->n - 1) / SCAN_BLOCK + 1 : 0;
    c->starts = malloc((c->n_blocks + 1) * sizeof(*c->starts));
    if (!c->starts)
        return no_memory(err);
    for (size_t i = 0; i < c->n; i++) {
        if (!i || call_of(c, i - 1) != call_of(c, i))
            c->v[i].hi |= SCORE_FIRST;
        for (; block <= call_of(c, i) / SCAN_BLOCK; block++)
            c->starts[block] = i;
    }
    c->starts[c->n_blocks] = c->n;
    return OK;
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
    struct seeker seeker = {
        .score = {.of = hash64(s->target_id.p, s->target_id.n, (uint64_t)s->target),
                  .value = value_of(s),
                  .score = l->n_others++,
                  .group = SCAN_OUT},
        .trace = SV_NONE
    };
    bool session = s->target == TARGET_SESSION, known = false;
    struct sv text;
    int64_t key = 0;

    if (!kind_of(l, s, &seeker.score.kind))
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
    struct call_scores *c = l->out;
    uint32_t at = keymap_find(session ? &l->sessions : &l->traces, key);

    if (at == KEYMAP_NONE)
        return true;
    for (uint32_t i = l->heads[session][at]; i; i = l->seekers[i - 1].next) {
        struct seeker *seeker = &l->seekers[i - 1];

        if (!session && !sv_eq(seeker->trace, trace))
            continue;
        seeker->score.call = call_at(l->chunk, place);
        if (!grow(&c->others, c->n_others, &c->cap_others, sizeof(*c->others)))
            return false;
        c->others[c->n_others++] = seeker->score;
        c->of_things = true;
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
    const struct other_score *x = a, *y = b;

    if (x->call != y->call)
        return x->call < y->call ? -1 : 1;
    return x->score < y->score ? -1 : x->score > y->score;
}

static void sort_others(struct call_scores *c)
{
    if (c->n_others)
        qsort(c->others, c->n_others, sizeof(*c->others), by_place);
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
    if (!rc)
        sort_others(l->out);
    return rc;
}

static bool visit(void *ctx, const struct stored_score *s)
{
    return s->call_id == CALL_MISSING ? keep_other(ctx, s) : keep_of_call(ctx, s);
}

/* ---- answers that are to be checked -------------------------------------------------------- */

/* The number of a word, which becomes the last one where it is new; 0: out of memory. */
static uint32_t word_number(struct call_scores *c, enum score_words of, struct sv text)
{
    struct sv *words = c->words[of], *more;
    size_t n = c->n_words[of];

    for (size_t i = 0; i < n; i++)
        if (sv_eq(words[i], text))
            return (uint32_t)i + 1;
    more = arena_zalloc(&c->arena, n + 1, sizeof(*more));
    if (!more)
        return 0;
    if (n)
        memcpy(more, words, n * sizeof(*more));
    more[n] = arena_copy(&c->arena, text);
    if (!more[n].p)
        return 0;
    c->words[of] = more;
    c->n_words[of] = n + 1;
    return (uint32_t)n + 1;
}

static bool visit_answer(void *ctx, int64_t call_id)
{
    struct loading *l = ctx;

    return !call_has_place(call_id) || keep_beside(l, call_id, NAN, l->checked_kind);
}

static enum err add_answers(struct loading *l, struct error *err)
{
    struct call_scores *c = l->out;
    struct score_kind kind = {.check = CHECK_FORMAT, .passed = -1, .weight = 1, .checked = true};

    kind.word[SCORE_NAMES] = word_number(c, SCORE_NAMES, SV("format_compliance"));
    kind.word[SCORE_SCORERS] = word_number(c, SCORE_SCORERS, sv_from(l->checker));
    if (!kind.word[SCORE_NAMES] || !kind.word[SCORE_SCORERS] ||
        !find_kind(l, &kind, &l->checked_kind))
        return no_memory(err);
    return store_each_text(l->store, TEXT_OUTPUT, visit_answer, l, err);
}

/* What was kept beside, by the places of calls; without those that are gone. */
static enum err place_beside(struct loading *l, struct error *err)
{
    struct call_scores *c = l->out;
    size_t kept = 0;
    enum err rc;

    sort_others(c);
    rc = c->n_others ? call_places(l->store, &c->others->call, sizeof(*c->others), c->n_others, err)
                     : OK;
    for (size_t i = 0; i < c->n_others && !rc; i++)
        if (c->others[i].call != CALL_GONE)
            c->others[kept++] = c->others[i];
    c->n_others = rc ? c->n_others : kept;
    return rc;
}

/* ---- all of them -------------------------------------------------------------------------- */

enum err call_scores_load(struct store *s, bool others_alone, const char *checker,
                          struct call_scores *out, struct error *err)
{
    struct loading l = {
        .store = s, .others_alone = others_alone, .checker = checker, .out = out};
    struct chunk_info *chunks = NULL;
    size_t n_chunks = 0;
    enum err rc = OK;

    for (enum score_words w = 0; w < SCORE_WORDS && !rc; w++)
        rc = store_score_words(s, w, &out->arena, &out->words[w], &out->n_words[w], err);
    if (!rc)
        rc = store_each_score(s, visit, &l, err);
    if (!rc && checker)
        rc = add_answers(&l, err);
    if (!rc)
        rc = place_beside(&l, err);
    if (!rc && (out->n || l.n_seekers))
        rc = store_chunks(s, &chunks, &n_chunks, err);
    sort_scores(out);
    if (!rc)
        rc = find_places(&l, chunks, n_chunks, err);
    if (!rc)
        rc = find_starts(out, err);
    if (!rc)
        rc = find_others(&l, chunks, n_chunks, err);
    free(chunks);
    free(l.calls);
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
    free(c->starts);
    free(c->others);
    free(c->kinds);
    arena_release(&c->arena);
    *c = (struct call_scores){0};
}

/* The first of the others that is not before a call. */
static size_t first_from(const struct call_scores *c, int64_t call)
{
    size_t low = 0, high = c->n_others;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (c->others[middle].call < call)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void call_scores_of(const struct call_scores *c, const struct slice *slice,
                    const struct other_score **first, const struct other_score **end)
{
    int64_t at = slice->chunk->number * CHUNK_ROWS + slice->first;

    *first = c->others + first_from(c, at);
    *end = c->others + first_from(c, at + slice->rows);
}

void call_scores_mark(struct call_scores *c, const struct slice *slice)
{
    int64_t at = slice->chunk->number * CHUNK_ROWS + slice->first;
    size_t block = (size_t)at / SCAN_BLOCK, last = (size_t)(at + slice->rows - 1) / SCAN_BLOCK;
    size_t end = last < c->n_blocks ? c->starts[last + 1] : c->n;

    for (size_t i = block < c->n_blocks ? c->starts[block] : c->n; i < end; i++) {
        int64_t row = (int64_t)call_of(c, i) - at;

        if (!(c->v[i].hi & SCORE_MARKED) && row >= 0 && row < slice->rows)
            call_score_set_group(&c->v[i], slice->group[row]);
    }
    end = first_from(c, at + slice->rows);
    for (size_t i = first_from(c, at); i < end; i++)
        c->others[i].group = slice->group[c->others[i].call - at];
}
