/* Any bytes as a mapping, and what is behind the first NUL as a line: no crash, a message for each
 * refusal, and records that hold nothing but what may be stored. */
#include <stdlib.h>

#include "format/mapping.h"
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
    check(privacy_id(text, &a).p == text.p);
    arena_release(&a);
}

static void check_batch(const struct batch *b)
{
    for (size_t i = 0; i < b->n_calls; i++) {
        for (int f = 0; f < F_DIM_COUNT; f++)
            if (record_has(&b->calls[i], (enum call_field)f))
                check_text(b->calls[i].dim[f]);
        for (int f = F_LATENCY_US; f <= F_TOTAL_TOKENS_GIVEN; f++)
            check(!record_has(&b->calls[i], (enum call_field)f) ||
                  record_num(&b->calls[i], (enum call_field)f) >= 0);
        check_text(b->calls[i].session_id);
        check_text(b->calls[i].request_id);
        check_text(b->calls[i].id.own);
        check(b->calls[i].meta.n <= 4096);
    }
    for (size_t i = 0; i < b->n_tools; i++)
        check_text(b->tools[i].tool_name);
    for (size_t i = 0; i < b->n_scores; i++) {
        check_text(b->scores[i].name);
        check_text(b->scores[i].label);
        check_text(b->scores[i].target_id);
    }
}

static void read_line(const struct mapping *m, const char *text, size_t n)
{
    struct json_doc doc = {0};
    struct batch batch = {0};
    struct error err = {0};
    struct sv skipped = SV_NONE, bad = SV_NONE;
    const struct line_context c = {.doc = &doc, .out = &batch, .line_hash = {1, 2}, .line = 1};

    if (json_parse(&doc, text, n, NULL) == OK && mapping_claims(m, &doc)) {
        enum line_outcome outcome = mapping_read(m, &c, &skipped, &bad, &err);

        check((outcome == LINE_RECORDS) == (batch_size(&batch) > 0));
        check(outcome != LINE_BAD || (err.msg[0] && bad.n));
        check(outcome != LINE_SKIPPED || skipped.n);
        check_batch(&batch);
    }
    batch_release(&batch);
    json_release(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *line = size ? memchr(text, '\0', size) : NULL;
    size_t n = line ? (size_t)(line - text) : size;
    struct mapping *m = NULL;
    struct error err = {0};

    if (mapping_open((struct sv){size ? text : "", n}, "map.json", &m, &err)) {
        check(err.msg[0] && err.code && !m);
        return 0;
    }
    if (line)
        read_line(m, line + 1, size - n - 1);
    mapping_close(m);
    return 0;
}
