/* score_remarks: what is to be known about the figures of scores: whose they are, whether two judges
 * agree, and which could not be used. */
#include "report/run.h"

#include <inttypes.h>
#include <stdlib.h>
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

/* "judge and human on quality: 92 % the same of 50, kappa 0.84" */
static bool tell_pairs(struct run *r, const struct judge_pair *pairs, size_t n)
{
    static const char *const keys[] = {"check", "first", "second", "n", "agreement", "kappa", "se"};
    struct table *t = r->table;
    struct cell *cell = n ? table_add_fact_list(t, "agreement", keys, ARRAY_LEN(keys), n) : NULL;
    bool ok = !n || cell;

    for (size_t i = 0; i < n && ok; i++, cell += ARRAY_LEN(keys)) {
        struct sv name = arena_copy(&t->arena, r->scores.names[pairs[i].name - 1]);
        struct sv first = arena_copy(&t->arena, r->scores.scorers[pairs[i].first - 1]);
        struct sv second = arena_copy(&t->arena, r->scores.scorers[pairs[i].second - 1]);
        struct agreement a = {0};

        cohen_kappa(pairs[i].counts, 2, &a);
        cell[0] = cell_text(name);
        cell[1] = cell_text(first);
        cell[2] = cell_text(second);
        cell[3] = cell_int(a.n);
        cell[4] = cell_real(a.observed);
        cell[5] = a.has_kappa ? cell_real(a.kappa) : (struct cell){0};
        cell[6] = a.has_kappa ? cell_real(a.se) : (struct cell){0};
        if (a.has_kappa)
            ok = table_note(t, "%.*s and %.*s on %.*s: %.0f %% the same of %" PRId64 ", kappa %.2f",
                            SV_FMT(first), SV_FMT(second), SV_FMT(name), 100 * a.observed, a.n,
                            a.kappa);
        else
            ok = table_note(t, "%.*s and %.*s on %.*s: all of %" PRId64 " the same, so no kappa",
                            SV_FMT(first), SV_FMT(second), SV_FMT(name), a.n);
    }
    return ok;
}

static enum err tell_agreement(struct run *r, struct error *err)
{
    struct judge_pair *pairs = NULL;
    size_t n = 0;
    enum err rc = OK;

    if (!view_is(r, "quality"))
        return OK;
    rc = quality_pairs(&r->scores, &pairs, &n, err);
    if (!rc && !tell_pairs(r, pairs, n))
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
    if (weighted)
        ok &= table_note(t, "means and rates are weighted by how calls were sampled");
    if (shows(r, MEASURE_REFUSAL, CHECK_REFUSAL) && view_is(r, "quality"))
        ok &= table_note(t, run_judges_refusals(r)
                                ? "refusals as they were judged"
                                : "refusals by finish reason, log and scan, since nobody judged them");
    if (r->scores.of_others && r->n_by)
        ok &= table_note(t, "a score of a session or trace counts in each row that has calls of it");
    return ok ? tell_agreement(r, err) : run_no_memory(err);
}
