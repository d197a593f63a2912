/* price: what models cost, and what calls would cost by it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/time_text.h"
#include "commands.h"
#include "inputs.h"
#include "invoice.h"
#include "output.h"
#include "price/price_import.h"
#include "price/price_tsv.h"
#include "prices.h"
#include "reading.h"
#include "render/safe_text.h"
#include "report/price_list.h"
#include "report/price_use.h"
#include "report/reconcile.h"
#include "report/report.h"
#include "report/repricing.h"
#include "store/prices.h"
#include "store/reprice.h"
#include "base/banned.h"

enum { OLD_PRICES_DAYS = 90, IMPORT_MAX_BYTES = 64 << 20 };

struct price_cli {
    const char *provider, *match, *service_tier, *tiers, *note, *valid_from, *valid_until;
    const char *price[PRICE_COUNT];
    const char *to, *input_tokens, *output_tokens; /* whatif */
    bool apply, dry_run, unpriced;                 /* recompute */
    const char *tolerance;                         /* reconcile */
    const char *cost;
};

OPT_WORDS(cost_words, "given", "computed")

/* clang-format off */
static const struct opt price_options[] = {
    OPT_TEXT  (0, "provider",       "NAME",    price_cli, provider,     "who sends the bill: openai, azure, aws-bedrock and so on"),
    OPT_TEXT  (0, "in",             "USD",     price_cli, price[PRICE_INPUT],          "add: dollars per million input tokens"),
    OPT_TEXT  (0, "out",            "USD",     price_cli, price[PRICE_OUTPUT],         "add: per million output tokens"),
    OPT_TEXT  (0, "cache-read",     "USD",     price_cli, price[PRICE_CACHE_READ],     "add: per million tokens read from a cache"),
    OPT_TEXT  (0, "cache-write",    "USD",     price_cli, price[PRICE_CACHE_WRITE_5M], "add: per million tokens written to a cache (for 5 minutes)"),
    OPT_TEXT  (0, "cache-write-1h", "USD",     price_cli, price[PRICE_CACHE_WRITE_1H], "add: per million tokens written for an hour"),
    OPT_TEXT  (0, "batch-in",       "USD",     price_cli, price[PRICE_BATCH_INPUT],    "add: per million input tokens of a batch"),
    OPT_TEXT  (0, "batch-out",      "USD",     price_cli, price[PRICE_BATCH_OUTPUT],   "add: per million output tokens of a batch"),
    OPT_TEXT  (0, "reasoning",      "USD",     price_cli, price[PRICE_REASONING],      "add: per million reasoning tokens, where it is not the price of output"),
    OPT_TEXT  (0, "audio-in",       "USD",     price_cli, price[PRICE_AUDIO_INPUT],    "add: per million audio tokens of the input"),
    OPT_TEXT  (0, "audio-out",      "USD",     price_cli, price[PRICE_AUDIO_OUTPUT],   "add: per million audio tokens of the output"),
    OPT_TEXT  (0, "tiers",          "LIST",    price_cli, tiers,        "add: 200000 6/22.5/0.6/7.5/12 is input/output/cache read/write/write for 1 h above 200000 tokens; ; between several"),
    OPT_TEXT  (0, "match",          "REGEX",   price_cli, match,        "add: the ids in logs that it is for (default: the model's id alone)"),
    OPT_TEXT  (0, "service-tier",   "NAME",    price_cli, service_tier, "add, remove: only this service tier, like flex or priority"),
    OPT_TEXT  (0, "valid-from",     "DATE",    price_cli, valid_from,   "add: from this day or instant on (UTC)"),
    OPT_TEXT  (0, "valid-until",    "DATE",    price_cli, valid_until,  "add: before this day or instant (UTC)"),
    OPT_TEXT  (0, "note",           "TEXT",    price_cli, note,         "add: where the price comes from"),
    OPT_TEXT  (0, "to",             "MODEL",   price_cli, to,           "whatif: this model in place of those that were used"),
    OPT_TEXT  (0, "input-tokens",   "PERCENT", price_cli, input_tokens, "whatif: -50% is half as many input tokens, +10% a tenth more"),
    OPT_TEXT  (0, "output-tokens",  "PERCENT", price_cli, output_tokens,"whatif: the same for output tokens"),
    OPT_FLAG  (0, "apply",                     price_cli, apply,        "recompute: change what is stored"),
    OPT_FLAG  (0, "dry-run",                   price_cli, dry_run,      "recompute: say what would change (the default)"),
    OPT_FLAG  (0, "unpriced",                  price_cli, unpriced,     "recompute --apply: only calls without a computed cost"),
    OPT_TEXT  (0, "tolerance",      "PERCENT", price_cli, tolerance,    "reconcile: amounts this close agree (default: 1%)"),
    OPT_CHOICE(0, "cost",  "WHICH", cost_words,price_cli, cost,         "whatif, reconcile: costs as given by logs or as computed (default: as given where they are)"),
    OPT_END,
};
/* clang-format on */

/* ---- what actions share ------------------------------------------------------------------- */

/* The words behind the action. */
static struct text_list rest_of(const struct invocation *inv, size_t skip)
{
    size_t n = inv->args.n > skip ? inv->args.n - skip : 0;

    return (struct text_list){inv->args.v + (n ? skip : 0), n, n};
}

static enum err one_word(const struct invocation *inv, const char *what, const char **out,
                         struct error *err)
{
    if (inv->args.n < 2)
        return error_set(err, ERR_USAGE, "price %s: expected %s", inv->args.v[0], what);
    *out = inv->args.v[1];
    return OK;
}

/* The database when there is one: prices can be looked up without. */
static enum err open_if_there(const struct invocation *inv, struct store **out, struct error *err)
{
    enum err rc = store_open(shared_db_path(&inv->shared), STORE_READ, out, err);

    return rc == ERR_NOT_FOUND ? OK : rc;
}

static enum cost_choice cost_of(const struct invocation *inv)
{
    const struct price_cli *o = inv->options;

    if (!o->cost)
        return COST_OF_LOG_OR_PRICES;
    return strcmp(o->cost, "given") == 0 ? COST_OF_LOG : COST_OF_PRICES;
}

/* Calls that were read, with their prices and the window. */
struct opened {
    struct store *store;
    struct price_book *book;
    struct reading_window window;
    struct scan_spec scan;
};

static enum err open_calls(struct invocation *inv, const struct text_list *files,
                           const char *const *usual_by, size_t n_usual_by, struct opened *out,
                           struct error *err)
{
    const struct shared_options *o = &inv->shared;
    int jobs = inputs_processors();
    enum err rc = reading_open(inv, files, jobs, &out->store, &out->window, err);

    if (!rc)
        rc = prices_open(inv, out->store, &out->book, err);
    out->scan = (struct scan_spec){
        .by = o->by.n ? o->by.v : usual_by,
        .n_by = o->by.n ? o->by.n : n_usual_by,
        .where = o->where.v,
        .n_where = o->where.n,
        .since_known = out->window.since_known,
        .until_known = out->window.until_known,
        .since_us = out->window.since_us,
        .until_us = out->window.until_us,
        .zone = &out->window.zone,
        .cost = cost_of(inv),
        .jobs = jobs,
    };
    return rc;
}

static void close_calls(struct opened *o)
{
    price_book_free(o->book);
    store_close(o->store);
}

static enum err show_table(struct invocation *inv, struct table *t, struct error *err)
{
    t->verb = "price";
    t->view = inv->args.n ? inv->args.v[0] : "list";
    return output_table(inv, t, false, err);
}

static int64_t fact_of(const struct table *t, const char *key)
{
    for (size_t i = 0; i < t->n_coverage; i++)
        if (strcmp(t->coverage[i].key, key) == 0)
            return t->coverage[i].value.i;
    return 0;
}

/* ---- list, show --------------------------------------------------------------------------- */

static bool has_part(struct sv text, const char *part)
{
    struct sv needle = sv_from(part);

    for (size_t i = 0; i + needle.n <= text.n; i++)
        if (sv_eq_nocase((struct sv){text.p + i, needle.n}, needle))
            return true;
    return false;
}

static bool is_listed(const struct invocation *inv, const struct price_row *row)
{
    const struct price_cli *o = inv->options;

    if (o->provider && !sv_eq_nocase(row->provider, sv_from(o->provider)))
        return false;
    return inv->args.n < 2 || has_part(row->model, inv->args.v[1]) ||
           has_part(row->provider, inv->args.v[1]);
}

static enum err show_rows(struct invocation *inv, const struct price_row *const *rows, size_t n,
                          struct error *err)
{
    struct table t = {0};
    char head[128];
    enum err rc = price_list_table(rows, n, &t, err);

    (void)snprintf(head, sizeof(head),
                   "dollars per million tokens   built-in prices as of %s, %" PRId64 " days ago",
                   price_built_in_date(), prices_age_days(inv->now_us));
    t.head = head;
    t.tz = "UTC";
    if (!rc)
        rc = show_table(inv, &t, err);
    table_release(&t);
    return rc;
}

static enum err list_prices(struct invocation *inv, struct error *err)
{
    struct store *store = NULL;
    struct price_book *book = NULL;
    const struct price_row **rows = NULL;
    size_t n = 0;
    enum err rc = open_if_there(inv, &store, err);

    if (!rc)
        rc = prices_open(inv, store, &book, err);
    if (!rc) {
        rows = arena_zalloc(&inv->arena, price_book_count(book) + 1, sizeof(*rows));
        rc = rows ? OK : error_set(err, ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; !rc && i < price_book_count(book); i++)
        if (is_listed(inv, price_book_row(book, i)))
            rows[n++] = price_book_row(book, i);
    if (!rc && !n && inv->args.n > 1)
        rc = error_set(err, ERR_NOT_FOUND, "price list: no model has \"%s\" in its id",
                       inv->args.v[1]);
    if (!rc)
        rc = show_rows(inv, rows, n, err);
    price_book_free(book);
    store_close(store);
    return rc;
}

static enum err show_price(struct invocation *inv, struct error *err)
{
    const struct price_cli *o = inv->options;
    const struct price_match *match = NULL;
    const char *model = NULL;
    struct store *store = NULL;
    struct price_book *book = NULL;
    enum err rc = one_word(inv, "the id of a model, as logs spell it", &model, err);

    if (!rc)
        rc = open_if_there(inv, &store, err);
    if (!rc)
        rc = prices_open(inv, store, &book, err);
    if (!rc)
        rc = price_book_match(book,
                              &(struct price_names){.provider = sv_from(o->provider),
                                                    .response_model = sv_from(model)},
                              &match, err);
    if (!rc && !match->n)
        rc = error_set(
            err, ERR_NOT_FOUND,
            "no price matches %s; add one with: llmobs price add MODEL --in USD --out USD", model);
    if (!rc)
        rc = show_rows(inv, match->rows, match->n, err);
    price_book_free(book);
    store_close(store);
    return rc;
}

/* ---- add, import, remove ------------------------------------------------------------------ */

static enum err parse_day(const char *option, const char *text, struct maybe_i64 *out,
                          struct error *err)
{
    if (!text)
        return OK;
    out->known = time_parse(sv_from(text), &out->v, NULL) == OK;
    return out->known ? OK
                      : error_set(err, ERR_USAGE,
                                  "--%s %s: expected a day (2026-09-07) or an RFC 3339 instant",
                                  option, text);
}

static const char *option_of_price(enum price_kind kind)
{
    size_t offset = offsetof(struct price_cli, price) + (size_t)kind * sizeof(const char *);
    size_t i = 0;

    while (price_options[i].offset != offset)
        i++;
    return price_options[i].name;
}

static enum err row_of_options(const struct invocation *inv, const char *model,
                               struct price_row *row, struct error *err)
{
    const struct price_cli *o = inv->options;
    enum err rc;

    *row = (struct price_row){.origin = PRICE_USER,
                              .provider = sv_from(o->provider),
                              .model = sv_from(model),
                              .match = sv_from(o->match),
                              .service_tier = sv_from(o->service_tier),
                              .embedding = !o->price[PRICE_OUTPUT],
                              .note = sv_from(o->note)};
    for (int k = 0; k < PRICE_COUNT; k++) {
        if (!o->price[k])
            continue;
        row->price[k].known = price_parse(sv_from(o->price[k]), &row->price[k].v);
        if (!row->price[k].known)
            return error_set(err, ERR_USAGE,
                             "--%s %s: expected dollars per million tokens, 0 to 1000000",
                             option_of_price((enum price_kind)k), o->price[k]);
    }
    if (!row->price[PRICE_INPUT].known)
        return error_set(err, ERR_USAGE,
                         "price add: expected --in USD, dollars per million tokens");
    if (o->tiers && !price_parse_tiers(sv_from(o->tiers), row))
        return error_set(
            err, ERR_USAGE,
            "--tiers %s: expected \"TOKENS INPUT/OUTPUT/READ/WRITE/WRITE_1H\", ; between"
            " several",
            o->tiers);
    rc = parse_day("valid-from", o->valid_from, &row->from_us, err);
    return rc ? rc : parse_day("valid-until", o->valid_until, &row->until_us, err);
}

static enum err check_row(void *ctx, const struct price_row *row, struct error *err)
{
    return price_book_add(ctx, row, err);
}

/* All rows of a book, or none. */
static enum err store_rows(struct store *store, const struct price_book *book, struct error *err)
{
    enum err rc = store_prices_begin(store, err);
    int64_t id;

    if (rc)
        return rc;
    for (size_t i = 0; i < price_book_count(book) && !rc; i++)
        rc = store_price_put(store, price_book_row(book, i), true, &id, err);
    return store_prices_end(store, rc, err);
}

/* Calls that no row priced so far get their price. */
static enum err price_the_unpriced(struct invocation *inv, struct store *store, int64_t *changed,
                                   struct error *err)
{
    struct price_book *book = NULL;
    enum err rc = prices_open(inv, store, &book, err);

    if (!rc)
        rc = store_reprice(store, &(struct reprice_spec){.book = book, .only_unpriced = true},
                           changed, err);
    price_book_free(book);
    return rc;
}

static enum err say_added(struct invocation *inv, const char *what, int64_t changed,
                          struct error *err)
{
    struct buf text = {0};
    enum err rc = OK;

    if (inv->shared.quiet)
        return OK;
    buf_printf(&text, "%s; %" PRId64 " call%s without a price %s one now\n", what, changed,
               changed == 1 ? "" : "s", changed == 1 ? "has" : "have");
    buf_str(&text, "what it changes for calls priced before: llmobs price recompute --dry-run\n");
    rc = output_text(inv, &text, err);
    buf_release(&text);
    return rc;
}

static enum err add_price(struct invocation *inv, struct error *err)
{
    struct price_book *checked = NULL; /* its checks are passed before anything is stored */
    struct store *store = NULL;
    struct buf what = {0};
    struct price_row row;
    const char *model = NULL;
    int64_t changed = 0, id;
    enum err rc = one_word(inv, "the id of a model", &model, err);

    if (!rc)
        rc = row_of_options(inv, model, &row, err);
    if (!rc)
        rc = price_book_new(&checked, err);
    if (!rc)
        rc = price_book_add(checked, &row, err);
    if (!rc)
        rc = store_open(shared_db_path(&inv->shared), STORE_WRITE, &store, err);
    if (!rc)
        rc = store_price_put(store, price_book_row(checked, 0), true, &id, err);
    if (!rc)
        rc = price_the_unpriced(inv, store, &changed, err);
    price_book_free(checked);
    store_close(store);
    if (rc)
        return rc;
    buf_str(&what, "price of ");
    safe_text(&what, sv_from(model), 0, true);
    buf_str(&what, " stored");
    rc = say_added(inv, what.p ? what.p : "", changed, err);
    buf_release(&what);
    return rc;
}

static enum err import_prices(struct invocation *inv, struct error *err)
{
    struct price_import_counts counts = {0};
    struct price_book *checked = NULL; /* its checks are passed before anything is stored */
    struct store *store = NULL;
    struct buf text = {0};
    const char *path = NULL;
    char what[160];
    int64_t changed = 0;
    enum err rc =
        one_word(inv, "a file: a list of prices as LiteLLM or llm-prices have it", &path, err);

    if (!rc)
        rc = inputs_small_file(path, IMPORT_MAX_BYTES, &text, err);
    if (!rc)
        rc = price_book_new(&checked, err);
    if (!rc)
        rc = price_import((struct sv){text.n ? text.p : "", text.n}, check_row, checked, &counts,
                          err);
    if (rc == ERR_PARSE || (rc == ERR_RANGE && checked))
        error_at(err, path, 0);
    if (!rc)
        rc = store_open(shared_db_path(&inv->shared), STORE_WRITE, &store, err);
    if (!rc)
        rc = store_rows(store, checked, err);
    if (!rc)
        rc = price_the_unpriced(inv, store, &changed, err);
    buf_release(&text);
    price_book_free(checked);
    store_close(store);
    if (rc)
        return rc;
    (void)snprintf(what, sizeof(what),
                   "prices imported: %" PRId64 " (%" PRId64
                   " of them 0); models without a price per "
                   "token: %" PRId64,
                   counts.rows, counts.free, counts.skipped);
    return say_added(inv, what, changed, err);
}

struct removal {
    const struct price_cli *options;
    struct sv model;
    int64_t ids[256];
    size_t n;
};

static enum err find_removed(void *ctx, int64_t id, bool active, const struct price_row *row,
                             struct error *err)
{
    struct removal *r = ctx;

    (void)err;
    if (!active || !sv_eq(row->model, r->model) || r->n == ARRAY_LEN(r->ids))
        return OK;
    if (r->options->provider && !sv_eq_nocase(row->provider, sv_from(r->options->provider)))
        return OK;
    if (r->options->service_tier &&
        !sv_eq_nocase(row->service_tier, sv_from(r->options->service_tier)))
        return OK;
    r->ids[r->n++] = id;
    return OK;
}

static enum err remove_price(struct invocation *inv, struct error *err)
{
    struct removal r = {.options = inv->options};
    struct store *store = NULL;
    struct buf text = {0};
    const char *model = NULL;
    size_t removed = 0;
    enum err rc = one_word(inv, "the id of a model", &model, err);

    r.model = sv_from(model);
    if (!rc)
        rc = shared_open_db(&inv->shared, STORE_WRITE, &store, err);
    if (!rc)
        rc = store_price_rows(store, find_removed, &r, err);
    if (!rc && !r.n)
        rc = error_set(err, ERR_NOT_FOUND, "no price of %s was added or imported", model);
    while (!rc && r.n) {
        for (size_t i = 0; i < r.n && !rc; i++)
            rc = store_price_retire(store, r.ids[i], err);
        removed += r.n;
        r.n = 0;
        if (!rc)
            rc = store_price_rows(store, find_removed, &r, err);
    }
    store_close(store);
    if (rc || inv->shared.quiet)
        return rc;
    buf_printf(&text, "%zu price%s of ", removed, removed == 1 ? "" : "s");
    safe_text(&text, r.model, 0, true);
    buf_printf(&text, " removed; calls keep the cost that was computed by %s\n",
               removed == 1 ? "it" : "them");
    rc = output_text(inv, &text, err);
    buf_release(&text);
    return rc;
}

/* ---- whatif, recompute -------------------------------------------------------------------- */

/* "-50%" is half: 500000 millionths. */
static enum err parse_change(const char *option, const char *text, int64_t *ppm, struct error *err)
{
    struct sv number = sv_from(text);
    int64_t change;

    if (!text)
        return OK;
    if (number.n && number.p[number.n - 1] == '%')
        number.n--;
    if (decimal_scaled(number, 4, &change) || change < -REPRICING_WHOLE ||
        change > INT64_C(1000) * REPRICING_WHOLE)
        return error_set(err, ERR_USAGE, "--%s %s: expected a change like -50%% or +10%%", option,
                         text);
    *ppm = REPRICING_WHOLE + change;
    return OK;
}

static bool note_repricing(struct table *t, const struct price_cli *o, enum cost_choice cost)
{
    bool ok = true;

    if (cost != COST_OF_PRICES && fact_of(t, "calls_with_logged_cost"))
        ok = table_note(t,
                        "costs of %" PRId64
                        " calls are as logged (--cost computed has the prices on "
                        "both sides)",
                        fact_of(t, "calls_with_logged_cost"));
    if (ok && o->to)
        ok = table_note(t, "same tokens%s: %s's tokenizer and answers are not simulated",
                        o->input_tokens || o->output_tokens ? " but for the change" : "", o->to);
    return ok;
}

static enum err what_if(struct invocation *inv, struct error *err)
{
    static const char *const usual[] = {"model"};
    const struct price_cli *o = inv->options;
    const struct text_list files = rest_of(inv, 1);
    const struct price_names to = {.provider = sv_from(o->provider),
                                   .response_model = sv_from(o->to)};
    struct opened opened = {0};
    struct repricing_spec spec = {.to = o->to ? &to : NULL,
                                  .to_us = inv->now_us,
                                  .input_ppm = REPRICING_WHOLE,
                                  .output_ppm = REPRICING_WHOLE};
    struct table t = {0};
    enum err rc = parse_change("input-tokens", o->input_tokens, &spec.input_ppm, err);

    if (!rc)
        rc = parse_change("output-tokens", o->output_tokens, &spec.output_ppm, err);
    if (!rc && !o->to && !o->input_tokens && !o->output_tokens)
        rc = error_set(err, ERR_USAGE,
                       "price whatif: expected --to MODEL, --input-tokens or --output-tokens");
    if (!rc)
        rc = open_calls(inv, &files, usual, ARRAY_LEN(usual), &opened, err);
    if (!o->to && !o->cost) /* of one model, prices are compared with prices */
        opened.scan.cost = COST_OF_PRICES;
    spec.scan = &opened.scan;
    spec.book = opened.book;
    if (!rc)
        rc = repricing_run(opened.store, &spec, &t, err);
    if (!rc && !note_repricing(&t, o, opened.scan.cost))
        rc = error_set(err, ERR_NOMEM, "out of memory");
    inv->found = !rc && inv->shared.strict && t.totals.lower_bound;
    if (!rc)
        rc = show_table(inv, &t, err);
    table_release(&t);
    close_calls(&opened);
    return rc;
}

static enum err apply_prices(struct invocation *inv, struct error *err)
{
    const struct price_cli *o = inv->options;
    struct opened opened = {0};
    struct reprice_spec spec = {.only_unpriced = o->unpriced};
    struct store *store = NULL;
    struct buf text = {0};
    int64_t changed = 0;
    /* The window depends on what is stored: it is pinned by a reader first. */
    enum err rc = open_calls(inv, &(struct text_list){0}, NULL, 0, &opened, err);

    spec.since_known = opened.window.since_known;
    spec.until_known = opened.window.until_known;
    spec.since_us = opened.window.since_us;
    spec.until_us = opened.window.until_us;
    close_calls(&opened);
    if (!rc)
        rc = shared_open_db(&inv->shared, STORE_WRITE, &store, err);
    if (!rc)
        rc = prices_open(inv, store, &spec.book, err);
    if (!rc)
        rc = store_reprice(store, &spec, &changed, err);
    price_book_free(spec.book);
    store_close(store);
    if (rc || inv->shared.quiet)
        return rc;
    buf_printf(&text, "%" PRId64 " call%s cost%s something else now\n", changed,
               changed == 1 ? "" : "s", changed == 1 ? "s" : "");
    rc = output_text(inv, &text, err);
    buf_release(&text);
    return rc;
}

static enum err recompute(struct invocation *inv, struct error *err)
{
    static const char *const usual[] = {"model"};
    const struct price_cli *o = inv->options;
    struct opened opened = {0};
    struct repricing_spec spec = {.input_ppm = REPRICING_WHOLE, .output_ppm = REPRICING_WHOLE};
    struct table t = {0};
    enum err rc = OK;

    if (inv->args.n > 1)
        return error_set(err, ERR_USAGE,
                         "price recompute takes no files: it is about what is stored");
    if (o->apply && o->dry_run)
        return error_set(err, ERR_USAGE, "price recompute: --apply or --dry-run, not both");
    if (o->apply && (inv->shared.where.n || inv->shared.by.n))
        return error_set(err, ERR_USAGE,
                         "price recompute --apply takes --since and --until, not "
                         "--where or --by");
    if (o->unpriced && !o->apply)
        return error_set(err, ERR_USAGE, "price recompute: --unpriced goes with --apply");
    if (o->apply)
        return apply_prices(inv, err);
    rc = open_calls(inv, &(struct text_list){0}, usual, ARRAY_LEN(usual), &opened, err);
    opened.scan.cost = COST_OF_PRICES;
    spec.scan = &opened.scan;
    spec.book = opened.book;
    if (!rc)
        rc = repricing_run(opened.store, &spec, &t, err);
    if (!rc && fact_of(&t, "changed_calls") &&
        !table_note(&t, "nothing is changed yet: llmobs price recompute --apply"))
        rc = error_set(err, ERR_NOMEM, "out of memory");
    inv->found = !rc && inv->shared.strict && t.totals.lower_bound;
    if (!rc)
        rc = show_table(inv, &t, err);
    table_release(&t);
    close_calls(&opened);
    return rc;
}

/* ---- reconcile, check --------------------------------------------------------------------- */

/* Ids of one model, however they are spelled, become one name: that of its price. */
static enum err name_models(struct price_book *book, const char *const *by, size_t n_by,
                            struct sv *values, size_t step, size_t n, struct error *err)
{
    enum err rc = OK;

    for (size_t d = 0; d < n_by; d++) {
        if (strcmp(by[d], "model") != 0 && strcmp(by[d], "response_model") != 0)
            continue;
        for (size_t i = 0; i < n && !rc; i++) {
            struct sv *value = &values[i * step + d];
            const struct price_match *match;

            rc = price_book_match(book, &(struct price_names){.response_model = *value}, &match,
                                  err);
            if (!rc && match->n)
                *value = match->rows[0]->model;
        }
    }
    return rc;
}

static enum err name_sides(struct opened *o, const struct table *log, struct invoice_line *lines,
                           size_t n, struct arena *arena, struct error *err)
{
    enum err rc = OK;

    for (size_t i = 0; i < n && !rc; i++) {
        struct sv *values = arena_zalloc(arena, o->scan.n_by, sizeof(*values));

        if (!values)
            return error_set(err, ERR_NOMEM, "out of memory for an invoice");
        memcpy(values, lines[i].values, o->scan.n_by * sizeof(*values));
        rc = name_models(o->book, o->scan.by, o->scan.n_by, values, o->scan.n_by, 1, err);
        lines[i].values = values;
    }
    for (size_t i = 0; i < log->n_rows && !rc; i++)
        for (size_t d = 0; d < o->scan.n_by && !rc; d++)
            rc = name_models(o->book, o->scan.by + d, 1, &log->rows[i].cells[d].text, 1, 1, err);
    return rc;
}

static enum err parse_tolerance(const char *text, double *out, struct error *err)
{
    struct sv number = sv_from(text ? text : "1%");
    int64_t ppm;

    if (number.n && number.p[number.n - 1] == '%')
        number.n--;
    if (decimal_scaled(number, 4, &ppm) || ppm < 0 || ppm > REPRICING_WHOLE)
        return error_set(err, ERR_USAGE, "--tolerance %s: expected 0%% to 100%%", text);
    *out = (double)ppm / REPRICING_WHOLE;
    return OK;
}

static enum err report_costs(const struct opened *o, enum cost_choice cost, struct table *log,
                             struct error *err)
{
    static const char *const views[] = {"cost"};
    const struct report_spec spec = {
        .views = views,
        .n_views = 1,
        .by = o->scan.by,
        .n_by = o->scan.n_by,
        .where = o->scan.where,
        .n_where = o->scan.n_where,
        .since_known = o->scan.since_known,
        .until_known = o->scan.until_known,
        .since_us = o->scan.since_us,
        .until_us = o->scan.until_us,
        .zone = o->scan.zone,
        .all_columns = true,
        .cost = cost == COST_OF_LOG      ? COST_GIVEN
                : cost == COST_OF_PRICES ? COST_COMPUTED
                                         : COST_BEST,
        .jobs = o->scan.jobs,
    };

    return report_run(o->store, &spec, log, err);
}

/* Lines of days outside of --since and --until, which the log's side leaves out, too. Returns how
 * many are left. */
static size_t drop_other_days(const struct opened *o, struct invoice_line *lines, size_t n)
{
    char first[40] = "", last[40] = "\xff";
    struct bucketer b;
    size_t kept = 0, d = 0;

    while (d < o->scan.n_by && strcmp(o->scan.by[d], "day") != 0)
        d++;
    if (d == o->scan.n_by)
        return n;
    bucketer_init(&b, o->scan.zone, BUCKET_DAY);
    if (o->scan.since_known)
        bucket_label(o->scan.zone, BUCKET_DAY, bucket_number(&b, o->scan.since_us), first);
    if (o->scan.until_known)
        bucket_label(o->scan.zone, BUCKET_DAY, bucket_number(&b, o->scan.until_us - 1), last);
    for (size_t i = 0; i < n; i++)
        if (sv_cmp(lines[i].values[d], sv_from(first)) >= 0 &&
            sv_cmp(lines[i].values[d], sv_from(last)) <= 0)
            lines[kept++] = lines[i];
    return kept;
}

static enum err reconcile(struct invocation *inv, struct error *err)
{
    static const char *const usual[] = {"day", "model"};
    const struct price_cli *o = inv->options;
    const struct text_list files = rest_of(inv, 2);
    struct reconcile_spec spec = {.tolerance = 0};
    struct invoice_line *lines = NULL;
    size_t all_lines = 0;
    struct opened opened = {0};
    struct table log = {0}, t = {0};
    const char *path = NULL;
    enum err rc = one_word(inv,
                           "an invoice: a CSV file with a column for each of --by and one of "
                           "dollars",
                           &path, err);

    if (!rc)
        rc = parse_tolerance(o->tolerance, &spec.tolerance, err);
    if (!rc)
        rc = open_calls(inv, &files, usual, ARRAY_LEN(usual), &opened, err);
    spec.by = opened.scan.by;
    spec.n_by = opened.scan.n_by;
    if (!rc)
        rc = invoice_read(path, spec.by, spec.n_by, &inv->arena, &lines, &spec.n_lines, err);
    all_lines = spec.n_lines;
    spec.n_lines = drop_other_days(&opened, lines, all_lines);
    if (!rc)
        rc = report_costs(&opened, cost_of(inv), &log, err);
    if (!rc)
        rc = name_sides(&opened, &log, lines, spec.n_lines, &inv->arena, err);
    spec.lines = lines;
    if (!rc)
        rc = reconcile_run(&log, &spec, &t, err);
    if (!rc && all_lines > spec.n_lines &&
        !table_warn(&t, "%zu line%s of the invoice left out: of days outside of the window",
                    all_lines - spec.n_lines, all_lines - spec.n_lines == 1 ? "" : "s"))
        rc = error_set(err, ERR_NOMEM, "out of memory");
    if (!rc && !table_note(&t, "%" PRId64 " of %zu differ by more than %g %%",
                           fact_of(&t, "differing"), t.n_rows, 100 * spec.tolerance))
        rc = error_set(err, ERR_NOMEM, "out of memory");
    if (!rc) {
        inv->found = fact_of(&t, "differing") > 0;
        t.db = log.db;
        t.tz = log.tz;
        t.since_known = log.since_known;
        t.until_known = log.until_known;
        t.since_us = log.since_us;
        t.until_us = log.until_us;
        t.window_text = log.window_text;
        t.total_calls = log.total_calls;
        t.filters = log.filters;
        t.n_filters = log.n_filters;
        t.by = log.by;
        t.n_by = log.n_by;
        rc = show_table(inv, &t, err);
    }
    table_release(&t);
    table_release(&log);
    close_calls(&opened);
    return rc;
}

/* The models with calls that have no price, in order of the table. */
static bool name_unpriced(const struct table *now, struct table *t)
{
    enum { NAMED = 10 };
    struct buf b = {0};
    size_t column = 0, n = 0;
    bool ok = true;

    while (column < now->n_columns && strcmp(now->columns[column].key, "new_unpriced_calls") != 0)
        column++;
    for (size_t i = 0; i < now->n_rows; i++) {
        const struct cell *cells = now->rows[i].cells;

        if (!cells[column].i || n++ >= NAMED)
            continue;
        buf_str(&b, b.n ? ", " : "");
        buf_sv(&b, cells[0].type == CELL_TEXT ? cells[0].text : SV("(none)"));
        buf_printf(&b, " (%" PRId64 ")", cells[column].i);
    }
    if (n)
        ok = table_note(t, "without a price: %s%s", b.p ? b.p : "", n > NAMED ? " ..." : "");
    ok = ok && !b.failed;
    buf_release(&b);
    return ok;
}

static bool tell_check(const struct invocation *inv, const struct table *now, struct table *t)
{
    int64_t changed = fact_of(now, "changed_calls"), days = prices_age_days(inv->now_us);
    bool ok =
        table_add_fact(t, "price_table_age_days", cell_int(days)) &&
        table_add_fact(t, "unpriced_calls", cell_int(fact_of(now, "calls_without_cost"))) &&
        table_add_fact(t, "changed_calls", cell_int(changed)) &&
        table_note(t, "built-in prices as of %s, %" PRId64 " days ago%s", price_built_in_date(),
                   days,
                   days > OLD_PRICES_DAYS ? ": newer ones may be known (llmobs price import)" : "");

    for (size_t i = 0; i < now->n_notes && ok; i++)
        ok = table_note(t, "%s", now->notes[i]);
    ok = ok && name_unpriced(now, t);
    if (ok && changed)
        ok = table_note(t,
                        "%" PRId64 " call%s would cost something else by today's prices: llmobs "
                        "price recompute --dry-run",
                        changed, changed == 1 ? "" : "s");
    return ok;
}

static enum err check_prices(struct invocation *inv, struct error *err)
{
    static const char *const usual[] = {"model"};
    const struct text_list files = rest_of(inv, 1);
    struct repricing_spec spec = {.input_ppm = REPRICING_WHOLE, .output_ppm = REPRICING_WHOLE};
    struct opened opened = {0};
    struct table now = {0}, t = {0};
    enum err rc = open_calls(inv, &files, usual, ARRAY_LEN(usual), &opened, err);

    opened.scan.cost = COST_OF_PRICES;
    opened.scan.by = usual; /* models are what is named */
    opened.scan.n_by = ARRAY_LEN(usual);
    spec.scan = &opened.scan;
    spec.book = opened.book;
    if (!rc)
        rc = repricing_run(opened.store, &spec, &now, err);
    if (!rc)
        rc = price_use_run(opened.store, &opened.scan, &t, err);
    if (!rc && !tell_check(inv, &now, &t))
        rc = error_set(err, ERR_NOMEM, "out of memory");
    if (!rc) {
        t.n_by = 0; /* of the table of differences */
        inv->found = fact_of(&t, "unpriced_calls") + fact_of(&t, "changed_calls") > 0;
        rc = show_table(inv, &t, err);
    }
    table_release(&t);
    table_release(&now);
    close_calls(&opened);
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

static const struct {
    const char *name, *what;
    enum err (*run)(struct invocation *inv, struct error *err);
    size_t words; /* that it takes behind its name; 0: it looks itself */
} actions[] = {
    {"list",      "all prices, or those with TEXT in model or provider (the default)",      list_prices,   1},
    {"show",      "the prices of MODEL as a log spells it, the one that holds first",       show_price,    1},
    {"add",       "a price for MODEL; calls that had none get it",                          add_price,     1},
    {"remove",    "a price that was added or imported",                                     remove_price,  1},
    {"import",    "a list of prices: FILE as LiteLLM or llm-prices publish it",             import_prices, 1},
    {"whatif",    "what calls would cost on another model or with other numbers of tokens", what_if,
     0                                                                                                      },
    {"recompute", "computed costs by today's prices: what would change, or change it",      recompute,
     0                                                                                                      },
    {"reconcile", "hold INVOICE (CSV) against the log",                                     reconcile,     0},
    {"check",     "which prices are in use, how old they are, what has none",               check_prices,  0},
};

static const char *action_name(size_t i)
{
    return i < ARRAY_LEN(actions) ? actions[i].name : NULL;
}

static const char *action_what(size_t i)
{
    return actions[i].what;
}

static enum err price_run(struct invocation *inv, struct error *err)
{
    const char *name = inv->args.n ? inv->args.v[0] : actions[0].name;
    const char *near = nearest_of(name, action_name);

    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].words && inv->args.n > 1 + actions[i].words
                       ? error_set(err, ERR_USAGE, "price %s: what is \"%s\" for?", name,
                                   inv->args.v[1 + actions[i].words])
                       : actions[i].run(inv, err);
    if (near)
        return error_set(err, ERR_USAGE, "price: no \"%s\"; did you mean %s?", name, near);
    return error_set(err, ERR_USAGE,
                     "price: no \"%s\"; expected list, show, add, remove, import, whatif, "
                     "recompute, reconcile or check",
                     name);
}

static const struct name_list price_lists[] = {
    {"ACTIONS", action_name, action_what, false},
    {NULL,      NULL,        NULL,        false},
};

static const struct example price_examples[] = {
    {"llmobs price show claude-sonnet-4-5",                  "what it costs, and since when"            },
    {"llmobs price list gpt-5 -f csv",                       "all prices with gpt-5 in the model's id"  },
    {"llmobs price add our-llama --in 0.2 --out 0.6",        "calls of our-llama are priced from now on"},
    {"llmobs price whatif --to gpt-4o-mini --since 30d",     "the last 30 days on another model"        },
    {"llmobs price whatif --input-tokens -50% --by feature", "half the prompt, feature by feature"      },
    {"llmobs price recompute --dry-run",                     "what today's prices would change"         },
    {"llmobs price check --exit-zero",                       "prices in use, their age, what has none"  },
    {NULL,                                                   NULL                                       },
};

const struct command price_command = {
    .name = "price",
    .group = "money",
    .summary = "shows prices, adds them, and says what calls would cost by others",
    .synopsis = "[ACTION] [MODEL|FILE]...",
    .options = price_options,
    .options_size = sizeof(struct price_cli),
    .shared =
        (const struct opt *const[]){shared_group, shared_select, shared_window, shared_output,
                                    shared_db, shared_quiet, shared_verbose, shared_strict, NULL},
    .lists = price_lists,
    .words = action_name,
    .takes_files = true,
    .examples = price_examples,
    .run = price_run,
};
