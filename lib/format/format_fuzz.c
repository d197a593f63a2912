/* Any line, by the format that is detected and by every other: no crash, and what comes out holds
 * the promises of record.h. */
#include <stdlib.h>

#include "format/format.h"
#include "format/memory.h"
#include "record/privacy.h"

static void check(bool promise)
{
    if (!promise)
        abort();
}

static void check_text(struct sv text)
{
    struct arena a = {0};

    check(text.p || !text.n);
    check(privacy_id(text, &a).p == text.p); /* nothing but what may be stored */
    arena_release(&a);
}

static void check_call(const struct call_record *r)
{
    for (int f = 0; f < F_DIM_COUNT; f++)
        if (record_has(r, (enum call_field)f))
            check_text(r->dim[f]);
    for (int f = F_LATENCY_US; f <= F_TOTAL_TOKENS_GIVEN; f++)
        check(!record_has(r, (enum call_field)f) || record_num(r, (enum call_field)f) >= 0);
    check(!record_has(r, F_STATUS) ||
          (record_num(r, F_STATUS) >= STATUS_OK && record_num(r, F_STATUS) <= STATUS_UNKNOWN));
    check_text(r->session_id);
    check_text(r->request_id);
    check_text(r->trace_id);
    check_text(r->span_id);
    check(r->meta.n <= 4096 && (!r->meta.p || r->meta.p[0] == '{'));
}

static void check_batch(const struct batch *b, size_t from, enum line_outcome outcome)
{
    check((outcome == LINE_RECORDS) == (batch_size(b) > from));
    for (size_t i = 0; i < b->n_calls; i++)
        check_call(&b->calls[i]);
    for (size_t i = 0; i < b->n_spans; i++)
        check(b->spans[i].trace_id.n && b->spans[i].span_id.n);
    for (size_t i = 0; i < b->n_scores; i++)
        check_text(b->scores[i].name);
    for (size_t i = 0; i < b->n_tools; i++)
        check_text(b->tools[i].tool_name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_doc doc = {0};
    struct batch batch = {0};
    struct format_memory memory = {0};
    struct line_context c = {.doc = &doc,
                             .out = &batch,
                             .line_hash = hash128(data, size, 0),
                             .source = 1,
                             .line = 1,
                             .memory = &memory};
    struct json_doc meta = {0};

    if (json_parse(&doc, (const char *)data, size, NULL) == OK) {
        format_detect(&doc, NULL);
        for (size_t i = 0; formats[i]; i++) {
            struct error err = {0};
            struct sv skipped = SV_NONE, bad = SV_NONE;
            enum line_outcome outcome = formats[i]->read(&c, &skipped, &bad, &err);

            check_batch(&batch, 0, outcome);
            check(outcome != LINE_BAD || err.msg[0]);
            check(outcome != LINE_SKIPPED || skipped.n);
            for (size_t k = 0; k < batch.n_calls; k++)
                check(!batch.calls[k].meta.p ||
                      json_parse(&meta, batch.calls[k].meta.p, batch.calls[k].meta.n, NULL) == OK);
            batch_reset(&batch);
        }
    }
    batch_release(&batch);
    json_release(&meta);
    json_release(&doc);
    return 0;
}
