/* record: identities of records, and the growable batch they travel in. */
#include "record/record.h"

#include <stdlib.h>

#include "base/banned.h"

/* One seed for each kind, so that the same bytes under two kinds have two keys. */
enum { SEED_OWN = 0x6f776e, SEED_SPAN = 0x7370616e, SEED_LINE = 0x6c696e65 };

/* Hashing in two steps keeps ("ab","c") and ("a","bc") apart: the first hash seeds the second. */
static uint64_t hash_pair(struct sv first, struct sv second, uint64_t seed)
{
    return hash64(second.p, second.n, hash64(first.p, first.n, seed));
}

uint64_t identity_key(const struct identity *id)
{
    switch (id->kind) {
    case ID_OWN:
        return hash_pair(id->family, id->own, SEED_OWN);
    case ID_SPAN:
        return hash_pair(id->trace_id, id->span_id, SEED_SPAN);
    case ID_STORED:
        return id->line.lo;
    case ID_LINE:
        break;
    }
    return hash_mix(id->line.hi ^ hash_mix(id->line.lo ^ hash_mix(id->ordinal + SEED_LINE)));
}

const char *quarantine_reason_name(enum quarantine_reason r)
{
    static const char *const names[] = {
        [Q_NOT_JSON] = "not JSON",
        [Q_BAD_UTF8] = "bad UTF-8",
        [Q_TOO_LONG] = "line too long",
        [Q_TOO_MANY_VALUES] = "too many values",
        [Q_INCOMPLETE] = "incomplete",
        [Q_UNKNOWN_FORMAT] = "unknown format",
        [Q_BAD_VALUE] = "bad value",
    };
    return (size_t)r < ARRAY_LEN(names) ? names[r] : "unknown";
}

/* A zeroed element at the end of one of the batch's arrays, which grows by half. */
static void *add(struct batch *b, void **array, size_t *n, size_t *cap, size_t size)
{
    if (*n == *cap) {
        size_t grown = *cap + *cap / 2 + 64, bytes = 0;
        void *p = __builtin_mul_overflow(grown, size, &bytes) ? NULL : realloc(*array, bytes);

        if (!p) {
            b->failed = true;
            return NULL;
        }
        *array = p;
        *cap = grown;
    }
    return memset((char *)*array + (*n)++ * size, 0, size);
}

struct call_record *batch_add_call(struct batch *b)
{
    void *array = b->calls;
    void *p = add(b, &array, &b->n_calls, &b->cap_calls, sizeof(*b->calls));

    b->calls = array;
    return p;
}

struct span_record *batch_add_span(struct batch *b)
{
    void *array = b->spans;
    void *p = add(b, &array, &b->n_spans, &b->cap_spans, sizeof(*b->spans));

    b->spans = array;
    return p;
}

struct tool_record *batch_add_tool(struct batch *b)
{
    void *array = b->tools;
    void *p = add(b, &array, &b->n_tools, &b->cap_tools, sizeof(*b->tools));

    b->tools = array;
    return p;
}

struct branch_record *batch_add_branch(struct batch *b)
{
    void *array = b->branches;
    void *p = add(b, &array, &b->n_branches, &b->cap_branches, sizeof(*b->branches));

    b->branches = array;
    return p;
}

struct score_record *batch_add_score(struct batch *b)
{
    void *array = b->scores;
    void *p = add(b, &array, &b->n_scores, &b->cap_scores, sizeof(*b->scores));

    b->scores = array;
    return p;
}

struct embedding_record *batch_add_embedding(struct batch *b)
{
    void *array = b->embeddings;
    void *p = add(b, &array, &b->n_embeddings, &b->cap_embeddings, sizeof(*b->embeddings));

    b->embeddings = array;
    return p;
}

struct finding_record *batch_add_finding(struct batch *b)
{
    void *array = b->findings;
    void *p = add(b, &array, &b->n_findings, &b->cap_findings, sizeof(*b->findings));

    b->findings = array;
    return p;
}

struct text_record *batch_add_text(struct batch *b)
{
    void *array = b->texts;
    void *p = add(b, &array, &b->n_texts, &b->cap_texts, sizeof(*b->texts));

    b->texts = array;
    return p;
}

struct quarantine_record *batch_add_quarantine(struct batch *b)
{
    void *array = b->quarantined;
    void *p = add(b, &array, &b->n_quarantined, &b->cap_quarantined, sizeof(*b->quarantined));

    b->quarantined = array;
    return p;
}

struct batch_mark batch_mark(const struct batch *b)
{
    return (struct batch_mark){b->n_calls,    b->n_spans,  b->n_tools,
                               b->n_branches, b->n_scores, b->n_embeddings};
}

void batch_rewind(struct batch *b, struct batch_mark m)
{
    b->n_calls = m.n_calls;
    b->n_spans = m.n_spans;
    b->n_tools = m.n_tools;
    b->n_branches = m.n_branches;
    b->n_scores = m.n_scores;
    b->n_embeddings = m.n_embeddings;
}

size_t batch_size(const struct batch *b)
{
    return b->n_calls + b->n_spans + b->n_tools + b->n_branches + b->n_scores + b->n_embeddings +
           b->n_quarantined;
}

void batch_reset(struct batch *b)
{
    batch_rewind(b, (struct batch_mark){0});
    b->n_texts = b->n_findings = b->n_quarantined = 0;
    b->failed = false;
    arena_reset(&b->arena);
}

void batch_release(struct batch *b)
{
    free(b->calls);
    free(b->spans);
    free(b->tools);
    free(b->branches);
    free(b->scores);
    free(b->embeddings);
    free(b->findings);
    free(b->texts);
    free(b->quarantined);
    arena_release(&b->arena);
    *b = (struct batch){0};
}
