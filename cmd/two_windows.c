/* two_windows: see the header. */
#include "two_windows.h"

#include <string.h>
#include "base/time_text.h"
#include "text.h"
#include "zone_load.h"
#include "base/banned.h"

enum err typed_window_parse(struct invocation *inv, const char *option, const char *text,
                            struct typed_window *out, struct error *err)
{
    const char *dots = strstr(text, ".."), *from, *to;
    struct error bad;

    *out = (struct typed_window){.option = option, .text = text, .is_range = dots != NULL};
    if (!dots) {
        if (when_parse(text, &out->since, &bad) || out->since.kind != WHEN_AGO ||
            out->since.value <= 0)
            return error_set(err, ERR_USAGE,
                             "%s: expected a duration like 24h or 30d, or FROM..TO, found \"%s\"",
                             option, text);
        return OK;
    }
    from = text_copy(&inv->arena, (struct sv){text, (size_t)(dots - text)});
    to = text_copy(&inv->arena, sv_from(dots + strlen("..")));
    if (!from || !to)
        return error_set(err, ERR_NOMEM, "out of memory");
    if (when_parse(from, &out->since, &bad) || when_parse(to, &out->until, &bad))
        return error_set(err, ERR_USAGE, "%s: %s", option, bad.msg);
    return OK;
}

/* A duration ends where `end` is. */
static struct window pin(const struct typed_window *w, const struct zone *z, int64_t now_us,
                         int64_t end_us)
{
    if (!w->is_range)
        return (struct window){end_us - w->since.value, end_us};
    return (struct window){when_since_us(&w->since, z, now_us),
                           when_until_us(&w->until, z, now_us)};
}

#define FIRST_US (-INT64_C(719162) * US_PER_DAY) /* 0001-01-01 */

static void cut(struct window *w, const struct reading_window *by)
{
    if (w->since_us < FIRST_US)
        w->since_us = FIRST_US;
    if (by->since_known && w->since_us < by->since_us)
        w->since_us = by->since_us;
    if (by->until_known && w->until_us > by->until_us)
        w->until_us = by->until_us;
}

static void pin_both(const struct invocation *inv, const struct typed_window *baseline,
                     const struct typed_window *current, const struct reading_window *window,
                     struct two_windows *out)
{
    int64_t end = window->until_known ? window->until_us : inv->now_us;

    out->now = pin(current, &out->zone, inv->now_us, end);
    out->before = pin(baseline, &out->zone, inv->now_us, out->now.since_us);
    cut(&out->now, window);
    cut(&out->before, window);
    out->since_us =
        out->before.since_us < out->now.since_us ? out->before.since_us : out->now.since_us;
    out->until_us =
        out->before.until_us > out->now.until_us ? out->before.until_us : out->now.until_us;
}

static enum err check(const struct typed_window *typed, const struct window *w, struct error *err)
{
    if (w->since_us < w->until_us)
        return OK;
    return error_set(err, ERR_USAGE, "%s %s: its beginning is not before its end", typed->option,
                     typed->text);
}

enum err two_windows_pin(struct invocation *inv, const struct typed_window *baseline,
                         const struct typed_window *current, const struct reading_window *window,
                         struct two_windows *out, struct error *err)
{
    struct zone_choice choice;
    enum err rc = zone_choose(inv->shared.tz, &inv->arena, &choice, err);

    out->zone = window->zone;
    pin_both(inv, baseline, current, window, out);
    if (!rc) /* the window's zone need not reach so far */
        rc = zone_load(&choice, out->since_us - 2 * US_PER_DAY, out->until_us + 2 * US_PER_DAY,
                       &inv->arena, &out->zone, err);
    if (rc)
        return rc;
    pin_both(inv, baseline, current, window, out);
    rc = check(baseline, &out->before, err);
    if (!rc)
        rc = check(current, &out->now, err);
    if (!rc && out->before.since_us < out->now.until_us && out->now.since_us < out->before.until_us)
        rc = error_set(err, ERR_USAGE, "%s %s and %s %s overlap: a call would be in both",
                       baseline->option, baseline->text, current->option, current->text);
    return rc;
}
