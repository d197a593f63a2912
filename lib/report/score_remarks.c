/* score_remarks: what is to be known about the figures of scores: whose they are, whether two judges
 * agree, and which could not be used. */
#include "report/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include "report/format_remarks.h"
#include "report/numbers.h"
#include "stats/agreement.h"
#include "base/banned.h"

static bool shows(const struct run *r, enum measure_kind kind, enum check check)
{
    for (size_t i = 0; i < r->columns.n; i++) {
        const struct measure *m = &measures[r->columns.list[i].measure];

        if (m->kind == kind && m->check == check)
            return true;
    }
    return false;
}

static bool view_is(const struct run *r, const char *name)
{
    for (size_t i = 0; i < r->spec->n_views; i++)
        if (strcmp(r->spec->views[i], name) == 0)
            return true;
    return false;
}

struct words {
    struct sv scorer, model; /* .p NULL: none */
};

static struct words words_of(struct arena *a, const struct call_scores *scores, struct judge j)
{
    struct words w = {.scorer = arena_copy(a, scores->words[SCORE_SCORERS][j.scorer - 1])};

    if (j.model)
        w.model = arena_copy(a, scores->words[SCORE_JUDGE_MODELS][j.model - 1]);
    return w;
}

/* "human", "judge gpt-4o"; NULL: out of memory. */
static const char *judge_text(struct arena *a, const struct words *w)
{
    return arena_printf(a, "%.*s%s%.*s", SV_FMT(w->scorer), w->model.n ? " " : "",
                        SV_FMT(w->model));
}

static struct cell text_or_none(struct sv text)
{
    return text.p ? cell_text(text) : (struct cell){0};
}

/* "human and judge on quality: 92 % the same of 50, kappa 0.84" */
static bool tell_pair(struct table *t, const struct call_scores *scores,
                      const struct judge_pair *pair, struct cell *cell)
{
    struct sv name = arena_copy(&t->arena, scores->words[SCORE_NAMES][pair->name - 1]);
    struct words first = words_of(&t->arena, scores, pair->first);
    struct words second = words_of(&t->arena, scores, pair->second);
    const char *one = judge_text(&t->arena, &first), *other = judge_text(&t->arena, &second);
    struct agreement a = {0};

    if (!one || !other)
        return false;
    cohen_kappa(pair->counts, 2, &a);
    cell[0] = cell_text(name);
    cell[1] = cell_text(first.scorer);
    cell[2] = text_or_none(first.model);
    cell[3] = cell_text(second.scorer);
    cell[4] = text_or_none(second.model);
    cell[5] = cell_int(a.n);
    cell[6] = cell_real(a.observed);
    cell[7] = a.has_kappa ? cell_real(a.kappa) : (struct cell){0};
    cell[8] = a.has_kappa ? cell_real(a.se) : (struct cell){0};
    if (a.has_kappa)
        return table_note(t, "%s and %s on %.*s: %.0f %% the same of %" PRId64 ", kappa %.2f", one,
                          other, SV_FMT(name), 100 * a.observed, a.n, a.kappa);
    return table_note(t, "%s and %s on %.*s: all of %" PRId64 " the same, so no kappa", one, other,
                      SV_FMT(name), a.n);
}

enum err run_remark_agreement(struct table *t, const struct call_scores *scores, struct error *err)
{
    static const char *const keys[] = {
        "check", "first", "first_model", "second", "second_model", "n", "agreement", "kappa", "se"};
    struct judge_pair *pairs = NULL;
    size_t n = 0;
    enum err rc = quality_pairs(scores, &pairs, &n, err);
    struct cell *cell = NULL;

    if (!rc && n) {
        cell = table_add_fact_list(t, "agreement", keys, ARRAY_LEN(keys), n);
        rc = cell ? OK : run_no_memory(err);
    }
    for (size_t i = 0; !rc && i < n; i++)
        if (!tell_pair(t, scores, &pairs[i], cell + i * ARRAY_LEN(keys)))
            rc = run_no_memory(err);
    free(pairs);
    return rc;
}

enum err run_remark_scores(struct run *r, struct error *err)
{
    const struct judged_figures *all = &r->quality.v[(r->quality.rows - 1) * CHECK_COUNT];
    int64_t outside = 0, unreadable = 0;
    bool weighted = false, ok = true;
    struct table *t = r->table;

    for (int c = 0; c < CHECK_COUNT; c++) {
        if (!shows(r, MEASURE_SCORE, (enum check)c) && !shows(r, MEASURE_REFUSAL, (enum check)c))
            continue;
        outside += all[c].outside;
        unreadable += all[c].unreadable;
        weighted |= all[c].weighted;
    }
    if (outside)
        ok &= table_warn(t, "%" PRId64 " score%s outside of 0 .. 1 left out; ingest --score-range "
                            "says where a scale begins and ends",
                         outside, plural(outside));
    ok &= table_add_fact(t, "scores_unreadable", cell_int(unreadable)) &&
          table_add_fact(t, "scores_outside", cell_int(outside));
    if (unreadable)
        ok &= table_note(t, "%" PRId64 " unreadable score%s missing, not guessed", unreadable,
                         unreadable == 1 ? " is" : "s are");
    if (r->spec->format)
        ok &= format_remarks_add(t, r->spec->format, &r->format,
                                 all[CHECK_FORMAT].n - all[CHECK_FORMAT].checked, true);
    if (weighted)
        ok &= table_note(t, "means and rates are weighted by how calls were sampled");
    if (shows(r, MEASURE_REFUSAL, CHECK_REFUSAL) && view_is(r, "quality"))
        ok &= table_note(t, run_judges_refusals(r)
                                ? "refusals as they were judged"
                                : "refusals by finish reason, log and scan, since nobody judged them");
    if (r->scores.of_things && r->n_by)
        ok &= table_note(t, "a score of a session or trace counts in each row that has calls of it");
    if (!ok)
        return run_no_memory(err);
    return view_is(r, "quality") ? run_remark_agreement(t, &r->scores, err) : OK;
}
