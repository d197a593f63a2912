/* keeping: what of a line's texts and names may reach the database, and in which form. */
#include "ingest/keeping.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "ingest/redactor.h"

#include "base/banned.h"

struct keeping {
    const struct keep_options *o;
    struct redactor *redactor;    /* NULL: nothing is redacted */
    struct buf sides[TEXT_SIDES]; /* of the call that is being looked at */
    bool wanted[TEXT_SIDES], has[TEXT_SIDES];
    struct buf out;
    struct json_doc scalars;
};

enum err keeping_open(const struct keep_options *o, struct keeping **out, struct error *err)
{
    struct keeping *k;
    enum err rc = OK;

    if (!o->texts && !o->hash_texts && !o->hash_users && !o->n_drop)
        return OK;
    k = calloc(1, sizeof(*k));
    if (!k)
        return error_set(err, ERR_NOMEM, "out of memory for what is kept of texts");
    k->o = o;
    if (o->redact)
        rc = redactor_open(&k->redactor, err);
    if (!rc) {
        *out = k;
        k = NULL;
    }
    keeping_close(k);
    return rc;
}

void keeping_close(struct keeping *k)
{
    if (!k)
        return;
    redactor_close(k->redactor);
    for (int i = 0; i < TEXT_SIDES; i++)
        buf_release(&k->sides[i]);
    buf_release(&k->out);
    json_release(&k->scalars);
    free(k);
}

/* ---- dropping ----------------------------------------------------------------------------- */

#define PATH_ROOM 256 /* of dotted keys; what is longer is judged by its last key alone */

static bool is_dropped(const struct keep_options *o, struct sv key)
{
    for (size_t i = 0; i < o->n_drop; i++)
        if (sv_glob(sv_from(o->drop[i]), key))
            return true;
    return false;
}

/* The value and all in it are gone: null in place of it, and nobody looks behind next. */
static void make_null(struct json_doc *d, json_ref at)
{
    d->tokens[at].type = JSON_NULL;
}

/* What a level of objects and arrays adds to the path of the levels around it. */
static void drop_below(const struct keep_options *o, struct json_doc *d, json_ref at, char *path,
                       size_t n, unsigned depth)
{
    enum { DEPTH_MAX = 64 };
    enum json_type type = json_type(d, at);
    json_ref end = d->tokens[at].next;

    if (depth > DEPTH_MAX || (type != JSON_OBJECT && type != JSON_ARRAY))
        return;
    if (type == JSON_OBJECT) {
        json_ref key = json_get(d, at, "key"), value = json_get(d, at, "value");

        if (key != JSON_END && value != JSON_END && json_type(d, key) == JSON_STRING &&
            is_dropped(o, json_raw(d, key)))
            make_null(d, value);
    }
    for (json_ref i = at + 1; i < end; i = d->tokens[i].next) {
        size_t longer = n;

        if (type == JSON_OBJECT) {
            struct sv key = json_raw(d, i);
            bool fits = n + 1 + key.n < PATH_ROOM;

            if (fits) {
                if (n)
                    path[longer++] = '.';
                memcpy(path + longer, key.p, key.n);
                longer += key.n;
            }
            i++; /* from the key to its value */
            if (is_dropped(o, key) || (fits && is_dropped(o, (struct sv){path, longer}))) {
                make_null(d, i);
                continue;
            }
        }
        drop_below(o, d, i, path, longer, depth + 1);
    }
}

void keeping_drop(const struct keeping *k, struct json_doc *d)
{
    char path[PATH_ROOM];

    if (k->o->n_drop)
        drop_below(k->o, d, 0, path, 0, 0);
}

/* ---- users -------------------------------------------------------------------------------- */

#define SHA256_BLOCK 64

void keeping_user_hash(struct sv salt, struct sv user, char out[17])
{
    unsigned char digest[32], key[SHA256_BLOCK] = {0}, pad[SHA256_BLOCK];
    struct sha256 h;

    if (!salt.n) {
        sha256_of(user.p, user.n, digest);
        hex_encode(digest, 8, out);
        return;
    }
    if (salt.n > sizeof(key))
        sha256_of(salt.p, salt.n, key);
    else
        memcpy(key, salt.p, salt.n);
    for (size_t i = 0; i < sizeof(key); i++)
        pad[i] = key[i] ^ 0x36;
    sha256_init(&h);
    sha256_add(&h, pad, sizeof(pad));
    sha256_add(&h, user.p, user.n);
    sha256_final(&h, digest);
    for (size_t i = 0; i < sizeof(key); i++)
        pad[i] = key[i] ^ 0x5c;
    sha256_init(&h);
    sha256_add(&h, pad, sizeof(pad));
    sha256_add(&h, digest, sizeof(digest));
    sha256_final(&h, digest);
    hex_encode(digest, 8, out);
}

static struct sv hashed(const struct keeping *k, struct sv user, struct batch *b)
{
    char hex[17];
    struct sv kept;

    keeping_user_hash(k->o->salt, user, hex);
    kept = arena_copy(&b->arena, (struct sv){hex, 16});
    b->failed |= !kept.p;
    return kept;
}

/* Of scalars: user, user.id, enduser.id, user_name, userId ... */
static bool names_user(struct sv key)
{
    for (size_t i = 0; i + 4 <= key.n; i++)
        if (sv_eq_nocase((struct sv){key.p + i, 4}, SV("user")))
            return true;
    return false;
}

/* The scalars (one flat JSON object) with those that name a user hashed. */
static struct sv hash_scalars(struct keeping *k, struct sv scalars, struct batch *b)
{
    struct json_doc *d = &k->scalars;
    struct sv kept;

    if (!names_user(scalars) || json_parse(d, scalars.p, scalars.n, NULL) != OK)
        return scalars;
    buf_reset(&k->out);
    for (json_ref key = 1; key < d->n; key = d->tokens[key + 1].next) {
        json_ref value = key + 1;
        enum json_type type = json_type(d, value);
        bool user = names_user(json_raw(d, key)) && (type == JSON_STRING || type == JSON_NUMBER);

        buf_char(&k->out, k->out.n ? ',' : '{');
        buf_char(&k->out, '"');
        buf_sv(&k->out, json_raw(d, key));
        buf_str(&k->out, "\":");
        if (user) {
            char hex[17];

            keeping_user_hash(k->o->salt, json_text(d, value, &b->arena), hex);
            buf_printf(&k->out, "\"%s\"", hex);
        } else {
            if (type == JSON_STRING)
                buf_char(&k->out, '"');
            buf_sv(&k->out, json_raw(d, value));
            if (type == JSON_STRING)
                buf_char(&k->out, '"');
        }
    }
    buf_char(&k->out, '}');
    kept = k->out.failed ? SV_NONE : arena_copy(&b->arena, (struct sv){k->out.p, k->out.n});
    b->failed |= !kept.p;
    return kept;
}

/* What a span says of the calls below it. */
static const struct span_context *hash_context(const struct keeping *k,
                                               const struct span_context *said, struct batch *b)
{
    struct span_context *own;

    if (!said || !said->dim[CONTEXT_USER].p)
        return said;
    own = arena_alloc(&b->arena, sizeof(*own));
    b->failed |= !own;
    if (!own)
        return NULL;
    *own = *said;
    own->dim[CONTEXT_USER] = hashed(k, said->dim[CONTEXT_USER], b);
    return own;
}

void keeping_users(struct keeping *k, struct batch *b, struct batch_mark from)
{
    if (!k->o->hash_users)
        return;
    for (size_t i = from.n_calls; i < b->n_calls && !b->failed; i++) {
        struct call_record *call = &b->calls[i];

        if (record_has(call, F_USER))
            call->dim[F_USER] = hashed(k, call->dim[F_USER], b);
        if (call->meta.p)
            call->meta = hash_scalars(k, call->meta, b);
    }
    for (size_t i = from.n_spans; i < b->n_spans && !b->failed; i++) {
        struct span_record *span = &b->spans[i];

        if (span->attributes.p)
            span->attributes = hash_scalars(k, span->attributes, b);
        span->context = hash_context(k, span->context, b);
    }
}

/* ---- texts -------------------------------------------------------------------------------- */

static enum text_side stored_side(const struct content_text *text)
{
    return text->side == CONTENT_OUTPUT && text->reasoning ? TEXT_REASONING
           : text->side == CONTENT_OUTPUT                  ? TEXT_OUTPUT
           : text->side == CONTENT_SYSTEM || text->context ? TEXT_CONTEXT
                                                           : TEXT_INPUT;
}

/* What a call has of the hash and length of its texts of a side. */
static const struct {
    enum call_field hash, chars;
} measured[TEXT_SIDES] = {
    [TEXT_INPUT] = {F_INPUT_HASH,  F_INPUT_CHARS },
      [TEXT_OUTPUT] = {F_OUTPUT_HASH, F_OUTPUT_CHARS}
};

static bool is_measured(const struct call_record *call, enum text_side side)
{
    return record_has(call, measured[side].hash) && record_has(call, measured[side].chars);
}

/* Whether the answer has lines of its own for its parts, so that a line's texts are not all of it.
 */
static bool in_parts(const struct call_record *call)
{
    return sv_is(call->dim[F_SOURCE_FORMAT], "claude-code");
}

static bool keeps(const struct keeping *k, enum text_side side)
{
    return k->o->texts && (side == TEXT_OUTPUT || !k->o->answers_only);
}

void keeping_begin(struct keeping *k, const struct call_record *call)
{
    bool measures = k->o->hash_texts && !in_parts(call);

    k->wanted[TEXT_CONTEXT] = keeps(k, TEXT_CONTEXT);
    k->wanted[TEXT_REASONING] = keeps(k, TEXT_REASONING);
    k->wanted[TEXT_INPUT] = keeps(k, TEXT_INPUT) || (measures && !is_measured(call, TEXT_INPUT));
    k->wanted[TEXT_OUTPUT] = keeps(k, TEXT_OUTPUT) || (measures && !is_measured(call, TEXT_OUTPUT));
    for (int i = 0; i < TEXT_SIDES; i++) {
        buf_reset(&k->sides[i]);
        k->has[i] = false;
    }
}

void keeping_see(struct keeping *k, const struct content_text *text)
{
    enum text_side side = stored_side(text);

    /* An answer in JSON as it stands, not its texts; of all other JSON its texts. */
    if (text->part || (text->json && !text->whole) || !k->wanted[side])
        return;
    if (k->has[side])
        buf_str(&k->sides[side], "\n\n");
    buf_sv(&k->sides[side], text->text);
    k->has[side] = true;
}

/* S001's rule: the first 64 bits of SHA-256 of the text. */
static int64_t hash_of(struct sv text)
{
    unsigned char digest[32];
    uint64_t v = 0;
    int64_t out;

    sha256_of(text.p, text.n, digest);
    for (int i = 0; i < 8; i++)
        v = v << 8 | digest[i];
    memcpy(&out, &v, sizeof(out));
    return out;
}

static struct sv side_text(const struct keeping *k, enum text_side side)
{
    const struct buf *b = &k->sides[side];

    return (struct sv){b->n ? b->p : "", b->n};
}

/* What the log does not say itself. */
static void measure(const struct keeping *k, struct call_record *call, enum text_side side)
{
    struct sv text = side_text(k, side);

    if (!record_has(call, measured[side].hash))
        record_set_num(call, measured[side].hash, hash_of(text));
    if (!record_has(call, measured[side].chars))
        record_set_num(call, measured[side].chars, utf8_chars(text.p, text.n));
}

static void put_be(unsigned char *out, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)(v >> (56 - 8 * i));
}

/* As calls are merged: more output tokens, then the later start; then the longer text, then any
 * order that does not depend on which came first. */
static void set_rank(unsigned char out[TEXT_RANK_BYTES], const struct call_record *call,
                     struct sv text)
{
    unsigned char digest[32];

    sha256_of(text.p, text.n, digest);
    put_be(out,
           record_has(call, F_OUTPUT_TOKENS) ? (uint64_t)record_num(call, F_OUTPUT_TOKENS) + 1 : 0);
    put_be(out + 8, record_has(call, F_STARTED_US)
                        ? (uint64_t)record_num(call, F_STARTED_US) ^ UINT64_C(1) << 63
                        : 0);
    put_be(out + 16, text.n);
    memcpy(out + 24, digest, 16);
}

static void keep_redactions(struct text_record *r, const struct redaction *list, size_t n,
                            struct batch *b)
{
    struct redaction *kept = n ? arena_alloc(&b->arena, n * sizeof(*kept)) : NULL;

    r->redacted = true;
    b->failed |= n && !kept;
    if (!kept)
        return;
    memcpy(kept, list, n * sizeof(*kept));
    r->redactions = kept;
    r->n_redactions = n;
}

static void keep_text(struct keeping *k, const struct call_record *call, enum text_side side,
                      struct batch *b)
{
    struct sv whole = side_text(k, side), text = whole;
    const struct redaction *redactions = NULL;
    struct text_record *r = NULL;
    size_t n_redactions = 0;
    struct error err;

    if (!k->redactor ||
        redactor_text(k->redactor, whole, &text, &redactions, &n_redactions, &err) == OK)
        r = batch_add_text(b);
    if (!r) {
        b->failed = true;
        return;
    }
    *r = (struct text_record){.call = call->id,
                              .side = side,
                              .chars = utf8_chars(whole.p, whole.n),
                              .source = call->source,
                              .line = call->line};
    if (k->redactor)
        keep_redactions(r, redactions, n_redactions, b);
    if (k->o->texts == KEEP_PREVIEW) {
        size_t n = utf8_prefix(text.p, text.n, k->o->preview_chars);

        r->cut = n < text.n;
        text.n = n;
    }
    set_rank(r->rank, call, text);
    r->text = arena_copy(&b->arena, text);
    b->failed |= !r->text.p;
}

void keeping_end(struct keeping *k, struct call_record *call, struct batch *b)
{
    for (int side = 0; side < TEXT_SIDES; side++)
        b->failed |= k->sides[side].failed;
    for (int side = TEXT_INPUT; side <= TEXT_OUTPUT && !b->failed; side++)
        if (k->has[side] && !in_parts(call))
            measure(k, call, (enum text_side)side);
    for (int side = 0; side < TEXT_SIDES && !b->failed; side++)
        if (k->has[side] && keeps(k, (enum text_side)side))
            keep_text(k, call, (enum text_side)side, b);
}
