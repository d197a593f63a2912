/* writer_requests: scores that name a request which is no call's identity find the call that carries
 * its id. */
#include <stdlib.h>
#include "store/packed_id.h"
#include "store/writer_internal.h"

#include "base/banned.h"

#define REQUESTS_PAGE (256 << 10)
#define REQUEST SV("request")

#define NO_CALL 0
#define SEVERAL (-1)
#define AN_IDENTITY (-2) /* of a call: scores join that one as they always do */

struct request {
    int64_t key;
    int64_t was, is; /* the call, or one of the above */
    bool waited_for;
};

struct requests {
    struct request *v;
    size_t n;
    struct keyset places; /* of keys in v, + 1 */
    bool fresh;           /* of some of them no call was ever looked at */
};

static enum err no_memory(struct error *err)
{
    return error_set(err, ERR_NOMEM, "out of memory for the requests that scores name");
}

/* ---- which are wanted --------------------------------------------------------------------- */

static enum err request_of(struct writer *w, struct query *q, struct request *out, bool *fresh,
                           struct error *err)
{
    struct request r = {.key = sqlite3_column_int64(q->stmt, 0)};
    bool found = sqlite3_column_int(q->stmt, 1), several;
    int64_t identity;
    enum err rc = writer_call_of_key(w, (uint64_t)r.key, &identity, err);

    if (rc)
        return rc;
    several = sqlite3_column_type(q->stmt, 2) == SQLITE_NULL;
    r.was = !found ? NO_CALL : several ? SEVERAL : sqlite3_column_int64(q->stmt, 2);
    r.waited_for = sqlite3_column_type(q->stmt, 3) != SQLITE_NULL;
    r.is = identity ? AN_IDENTITY : r.was;
    *fresh |= !found && r.is == NO_CALL && sqlite3_column_int64(q->stmt, 3) > w->last_score_id;
    *out = r;
    return OK;
}

/* Those behind *after, which moves on. */
static enum err load(struct writer *w, struct requests *r, int64_t *after, struct error *err)
{
    struct query q;
    bool row = true;
    enum err rc = query_begin(w, W_REQUEST_KEYS, &q, err);

    r->n = 0;
    r->fresh = false;
    if (rc)
        return rc;
    query_i64(&q, *after);
    query_i64(&q, REQUESTS_PAGE);
    while (!(rc = query_step(w, &q, &row, err)) && row && r->n < REQUESTS_PAGE) {
        rc = request_of(w, &q, &r->v[r->n], &r->fresh, err);
        if (rc)
            break;
        *after = r->v[r->n].key;
        if (!keyset_put(&r->places, (uint64_t)*after, (uint32_t)++r->n)) {
            rc = no_memory(err);
            break;
        }
    }
    query_end(&q);
    return rc;
}

/* ---- which calls carry them --------------------------------------------------------------- */

static enum err meet(struct writer *w, struct request *r, int64_t call_id, struct error *err)
{
    struct call_row row;
    enum err rc;

    if (r->is == AN_IDENTITY || r->is == SEVERAL || r->is == call_id)
        return OK;
    rc = writer_load_call(w, call_id, &row, err);
    if (!rc && !call_row_has(&row, C_SHADOWED))
        r->is = r->is == NO_CALL ? call_id : SEVERAL;
    return rc;
}

static enum err look_at(struct writer *w, struct requests *r, struct query *q, struct error *err)
{
    struct sv packed = query_column(q, 1);
    char *text = arena_alloc(&w->arena, PACKED_ID_TEXT_ROOM(packed.n));
    struct identity id = {.kind = ID_OWN, .family = REQUEST};
    uint32_t at;

    if (!text)
        return no_memory(err);
    id.own = packed_id_unpack(packed.p, packed.n, text);
    at = keyset_find(&r->places, identity_key(&id));
    arena_reset(&w->arena);
    return at ? meet(w, &r->v[at - 1], sqlite3_column_int64(q->stmt, 0), err) : OK;
}

static enum err look_at_calls(struct writer *w, struct requests *r, struct error *err)
{
    struct query q;
    bool row = true;
    enum err rc = query_begin(w, W_REQUEST_IDS, &q, err);

    if (rc)
        return rc;
    query_i64(&q, r->fresh ? 1 : w->requests_from);
    query_i64(&q, writer_value_find(w, D_IDENTITY_FAMILY, REQUEST));
    while (!rc && !(rc = query_step(w, &q, &row, err)) && row)
        rc = look_at(w, r, &q, err);
    query_end(&q);
    return rc;
}

/* ---- what follows ------------------------------------------------------------------------- */

static enum err run(struct writer *w, enum writer_sql which, const struct maybe_i64 *values,
                    size_t n, struct error *err)
{
    struct query q;
    enum err rc = writer_begin(w, err);

    if (!rc)
        rc = query_begin(w, which, &q, err);
    for (size_t i = 0; !rc && i < n; i++)
        query_maybe(&q, values[i]);
    return rc ? rc : query_run(w, &q, err);
}

static enum err put(struct writer *w, const struct request *r, struct error *err)
{
    const struct maybe_i64 values[] = {
        {r->key, true}, {r->is, r->is > 0}
    };

    return run(w, W_REQUEST_PUT, values, ARRAY_LEN(values), err);
}

static enum err join(struct writer *w, const struct request *r, struct error *err)
{
    const struct maybe_i64 values[] = {
        {r->is,  true},
        {r->key, true}
    };

    return run(w, W_REQUEST_JOIN, values, ARRAY_LEN(values), err);
}

/* Stores what is known by now; *parted: some scores have lost their call. */
static enum err store(struct writer *w, const struct requests *r, bool *parted, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; !rc && i < r->n; i++) {
        const struct request *x = &r->v[i];

        if (x->is != x->was && (x->is != AN_IDENTITY || x->was != NO_CALL)) {
            *parted |= x->was > 0;
            rc = put(w, x, err);
        }
        if (!rc && x->is > 0 && x->waited_for)
            rc = join(w, x, err);
    }
    return rc;
}

/* Those that are identities by now: their scores have been parted from the calls that they had. */
static enum err drop_identities(struct writer *w, const struct requests *r, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; !rc && i < r->n; i++) {
        const struct maybe_i64 key = {r->v[i].key, true};

        if (r->v[i].is == AN_IDENTITY && r->v[i].was != NO_CALL)
            rc = run(w, W_REQUEST_DROP, &key, 1, err);
    }
    return rc;
}

static enum err join_page(struct writer *w, struct requests *r, bool *parted, struct error *err)
{
    bool here = false;
    enum err rc = look_at_calls(w, r, err);

    if (!rc)
        rc = store(w, r, &here, err);
    if (!rc && here)
        rc = run(w, W_REQUEST_PART, NULL, 0, err);
    if (!rc)
        rc = drop_identities(w, r, err);
    *parted |= here;
    return rc;
}

enum err writer_join_requests(struct writer *w, struct error *err)
{
    struct requests r = {.places = {.seed = w->seed}};
    int64_t after = INT64_MIN;
    bool parted = false;
    enum err rc = OK;

    r.v = malloc(REQUESTS_PAGE * sizeof(*r.v)); /* touched as far as it is used */
    if (!r.v)
        return no_memory(err);
    do {
        keyset_release(&r.places);
        rc = load(w, &r, &after, err);
        if (!rc && r.n)
            rc = join_page(w, &r, &parted, err);
    } while (!rc && r.n == REQUESTS_PAGE);
    keyset_release(&r.places);
    free(r.v);
    return rc || !parted ? rc : writer_join_waiting(w, err);
}
