#include <criterion/criterion.h>

#include "record/record.h"

Test(record, equal_identities_have_equal_keys_and_others_do_not)
{
    const struct identity ids[] = {
        {.kind = ID_OWN, .family = SV("request"), .own = SV("a")},
        {.kind = ID_OWN, .family = SV("request"), .own = SV("b")},
        {.kind = ID_OWN, .family = SV("score"), .own = SV("a")},
        {.kind = ID_OWN, .family = SV("requesta"), .own = SV("")},
        {.kind = ID_SPAN, .trace_id = SV("request"), .span_id = SV("a")},
        {.kind = ID_SPAN, .trace_id = SV("ab"), .span_id = SV("c")},
        {.kind = ID_SPAN, .trace_id = SV("a"), .span_id = SV("bc")},
        {.kind = ID_LINE, .line = {1, 2}},
        {.kind = ID_LINE, .line = {2, 1}},
        {.kind = ID_LINE, .line = {1, 2}, .ordinal = 1},
        {.kind = ID_LINE, .line = {1, 3}},
    };

    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        for (size_t k = 0; k < ARRAY_LEN(ids); k++)
            cr_expect_eq(identity_key(&ids[i]) == identity_key(&ids[k]), i == k, "%zu, %zu", i, k);
}

Test(record, fields_that_a_kind_does_not_use_do_not_matter)
{
    struct identity a = {.kind = ID_OWN, .family = SV("request"), .own = SV("x")}, b = a;

    b.trace_id = SV("t");
    b.line.hi = 7;
    b.ordinal = 3;
    cr_expect_eq(identity_key(&a), identity_key(&b));
}

Test(record, missing_is_not_zero_and_empty_text_is_missing)
{
    struct call_record r = {0};

    cr_expect(!record_has(&r, F_INPUT_TOKENS));
    record_set_num(&r, F_INPUT_TOKENS, 0);
    cr_expect(record_has(&r, F_INPUT_TOKENS) && record_num(&r, F_INPUT_TOKENS) == 0);
    record_set_dim(&r, F_USER, SV(""));
    record_set_dim(&r, F_TEAM, SV_NONE);
    cr_expect(!record_has(&r, F_USER) && !record_has(&r, F_TEAM));
    record_set_num(&r, F_OUTPUT_CHARS, 5);
    cr_expect_eq(record_num(&r, F_OUTPUT_CHARS), 5);
}

Test(record, a_batch_grows_rewinds_and_resets)
{
    struct batch b = {0};
    struct batch_mark m;

    for (int i = 0; i < 1000; i++) {
        struct call_record *r = batch_add_call(&b);

        cr_assert(r && r->known == 0 && r->line == 0, "a zeroed record");
        r->line = i;
        r->known = 1;
    }
    cr_expect(b.calls[999].line == 999 && b.calls[0].line == 0);
    m = batch_mark(&b);
    cr_assert(batch_add_span(&b) && batch_add_tool(&b) && batch_add_branch(&b));
    cr_assert(batch_add_score(&b) && batch_add_call(&b) && batch_add_quarantine(&b));
    cr_expect(batch_size(&b) == 1006);
    batch_rewind(&b, m);
    cr_expect(batch_size(&b) == 1001, "quarantine stays");
    cr_assert(batch_add_call(&b) != NULL);
    cr_expect(b.calls[1000].known == 0, "an element used again is zeroed");
    batch_reset(&b);
    cr_expect(batch_size(&b) == 0);
    cr_expect(b.cap_calls >= 1000, "capacity is kept");
    batch_release(&b);
    cr_expect(b.calls == NULL && b.cap_calls == 0);
    batch_release(&b);
}

Test(record, quarantine_reasons_have_names)
{
    cr_expect_str_eq(quarantine_reason_name(Q_NOT_JSON), "not JSON");
    for (int r = Q_NOT_JSON; r <= Q_BAD_VALUE; r++)
        cr_expect_str_neq(quarantine_reason_name((enum quarantine_reason)r), "unknown");
    cr_expect_str_eq(quarantine_reason_name((enum quarantine_reason)99), "unknown");
}
