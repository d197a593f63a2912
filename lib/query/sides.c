/* sides: see the header. */
#include "query/sides.h"

#include <stdlib.h>
#include "base/banned.h"

enum err sides_open(struct sides *s, const struct scan *scan, const struct side_spec *spec,
                    struct error *err)
{
    enum err rc = OK;

    *s = (struct sides){.spec = spec, .columns = spec->by_time ? COLUMN(F_STARTED_US) : 0};
    for (int side = SIDE_A; side <= SIDE_B && !spec->by_time && !rc; side++) {
        s->wheres[side] = calloc(spec->n_where[side] + 1, sizeof(struct where *));
        if (!s->wheres[side])
            return error_set(err, ERR_NOMEM, "out of memory for a filter");
        for (size_t i = 0; i < spec->n_where[side] && !rc; i++) {
            rc = scan_open_where(scan, sv_from(spec->where[side][i]), &s->wheres[side][i], err);
            if (!rc)
                s->columns |= where_columns(s->wheres[side][i]);
        }
    }
    return rc;
}

void sides_release(struct sides *s)
{
    for (int side = SIDE_A; side <= SIDE_B; side++) {
        for (size_t i = 0; s->wheres[side] && i < s->spec->n_where[side]; i++)
            where_close(s->wheres[side][i]);
        free(s->wheres[side]);
    }
    *s = (struct sides){0};
}

static void find_by_time(const struct side_spec *spec, const struct slice *slice,
                         unsigned char *out)
{
    const int64_t *started = slice->cols[F_STARTED_US];

    for (int64_t i = 0; i < slice->rows; i++) {
        bool counted = (slice->group[i] != SCAN_OUT) & (started[i] != CALL_MISSING);
        bool a =
            counted & (started[i] >= spec->from_us[SIDE_A]) & (started[i] < spec->until_us[SIDE_A]);
        bool b =
            counted & (started[i] >= spec->from_us[SIDE_B]) & (started[i] < spec->until_us[SIDE_B]);

        out[i] = (unsigned char)(a ? SIDE_A : b ? SIDE_B : SIDE_NONE);
    }
}

static void find_by_filter(const struct sides *s, const struct slice *slice, int64_t *room,
                           unsigned char *keep, unsigned char *out, int64_t *both)
{
    for (int64_t i = 0; i < slice->rows; i++)
        out[i] = SIDE_NONE;
    for (int side = SIDE_A; side <= SIDE_B; side++) {
        for (int64_t i = 0; i < slice->rows; i++)
            keep[i] = slice->group[i] != SCAN_OUT;
        for (size_t w = 0; w < s->spec->n_where[side]; w++)
            where_apply(s->wheres[side][w], slice->cols, slice->rows, room, keep);
        for (int64_t i = 0; i < slice->rows; i++) {
            bool twice = keep[i] & (out[i] == SIDE_A);

            *both += twice;
            if (keep[i])
                out[i] = (unsigned char)(twice ? SIDE_NONE : side);
        }
    }
}

void sides_find(const struct sides *s, const struct slice *slice, int64_t *room,
                unsigned char *keep, unsigned char *out, int64_t *both)
{
    *both = 0;
    if (s->spec->by_time)
        find_by_time(s->spec, slice, out);
    else
        find_by_filter(s, slice, room, keep, out, both);
}
