/* pick: which member of an object speaks for which field, when several names could. */
#include "format/pick.h"

#include "base/md5.h"

#include "base/banned.h"

void picks_clear(struct picks *p)
{
    p->no_error = false;
    p->found = 0;
    memset(p->rank, PICK_NONE, sizeof(p->rank));
}

static void picks_drop(struct picks *p, unsigned target)
{
    p->rank[target] = PICK_NONE;
    p->found &= ~target_bit(target);
}

void pick(struct picks *p, const struct known_key *key, const struct json_doc *doc, json_ref at,
          unsigned weaker)
{
    unsigned t = key->target, rank = key->rank + weaker;

    if (scalar_missing(doc, at)) {
        if (p->rank[t] == rank) /* the same key again: the last one counts */
            picks_drop(p, t);
        p->no_error |= t == T_ERROR || t == T_ERROR_TYPE;
        return;
    }
    if (rank > p->rank[t])
        return;
    p->rank[t] = (uint8_t)rank;
    p->found |= target_bit(t);
    p->how[t] = key->how;
    p->place[t] = (struct place){doc, key->name.p, at};
}

struct sv pick_text(const struct reading *r, const struct picks *p, unsigned target)
{
    return picked(p, target) ? scalar_text(r, p->place[target].doc, p->place[target].at) : SV_NONE;
}

struct sv pick_id(const struct reading *r, const struct picks *p, unsigned target)
{
    return picked(p, target) ? scalar_id(r, p->place[target].doc, p->place[target].at) : SV_NONE;
}

static bool hex16(struct sv text, unsigned char bytes[8])
{
    char lower[16];

    if (text.n != 16)
        return false;
    if (hex_decode(text.p, 16, bytes))
        return true;
    for (size_t i = 0; i < 16; i++)
        lower[i] = (char)(text.p[i] >= 'A' && text.p[i] <= 'F' ? text.p[i] + ('a' - 'A') : text.p[i]);
    return hex_decode(lower, 16, bytes);
}

/* 16 hex digits are the hash itself, any other text is hashed. */
static bool read_hash(const struct reading *r, struct place p, struct maybe_i64 *out)
{
    struct sv text = scalar_text(r, p.doc, p.at);
    unsigned char bytes[8];
    uint64_t v = 0;

    if (!text.n)
        return true;
    out->known = true;
    out->v = 0;
    if (!hex16(text, bytes)) {
        out->v = text_hash(text);
        return true;
    }
    for (int i = 0; i < 8; i++)
        v = v << 8 | bytes[i];
    memcpy(&out->v, &v, sizeof(v));
    return true;
}

bool pick_number(const struct reading *r, const struct picks *p, unsigned target,
                 struct maybe_i64 *out, bool *zoneless)
{
    static const enum unit units[] = {[HOW_MS] = UNIT_MS,           [HOW_S003_MS] = UNIT_MS,
                                      [HOW_S] = UNIT_S,             [HOW_US] = UNIT_US,
                                      [HOW_NS] = UNIT_NS,           [HOW_UNCLEAR] = UNIT_UNCLEAR};

    if (!picked(p, target))
        return true;
    switch ((enum how)p->how[target]) {
    case HOW_COUNT:
        return scalar_count(r, p->place[target], out);
    case HOW_MONEY:
        return scalar_money(r, p->place[target], out);
    case HOW_TIME:
        return scalar_time(r, p->place[target], out, zoneless);
    case HOW_HASH:
        return read_hash(r, p->place[target], out);
    case HOW_MS:
    case HOW_S:
    case HOW_US:
    case HOW_NS:
    case HOW_UNCLEAR:
    case HOW_S003_MS:
        return scalar_duration(r, p->place[target], units[p->how[target]], out);
    case HOW_DIM:
    case HOW_TEMPLATE:
    case HOW_OTHER:
        break;
    }
    return true;
}

static bool apply_number(const struct reading *r, const struct picks *p, enum call_field f,
                         struct call_record *call)
{
    struct maybe_i64 v = {0, false};
    bool zoneless = false;

    if (!pick_number(r, p, f, &v, &zoneless))
        return false;
    if (v.known)
        record_set_num(call, f, v.v);
    if (zoneless)
        record_set_num(call, F_FLAGS, record_num(call, F_FLAGS) | FLAG_ZONELESS);
    return true;
}

/* The first 8 hex digits of the MD5 of a template's text before its variables are filled in, as prompt
 * analytics name templates. Also where it is a single word: nobody can tell it from a name. */
static struct sv template_id(const struct reading *r, struct place p)
{
    enum { DIGITS = 8 };
    struct sv text = scalar_text(r, p.doc, p.at);
    unsigned char digest[16];
    char hex[33], *kept;

    if (!text.n)
        return SV_NONE;
    md5_of(text.p, text.n, digest);
    hex_encode(digest, sizeof(digest), hex);
    kept = keep_room(r, DIGITS);
    if (!kept)
        return SV_NONE;
    memcpy(kept, hex, DIGITS);
    return (struct sv){kept, DIGITS};
}

bool picks_apply(const struct reading *r, const struct picks *p, struct call_record *call)
{
    const uint64_t fields = (UINT64_C(1) << F_COUNT) - 1;

    for (uint64_t left = p->found & fields; left; left &= left - 1) {
        unsigned f = (unsigned)__builtin_ctzll(left);
        if (p->how[f] == HOW_OTHER)
            continue;
        if (p->how[f] == HOW_TEMPLATE)
            record_set_dim(call, (enum call_field)f, template_id(r, p->place[f]));
        else if (f < F_DIM_COUNT)
            record_set_dim(call, (enum call_field)f,
                           scalar_id(r, p->place[f].doc, p->place[f].at));
        else if (!apply_number(r, p, (enum call_field)f, call))
            return false;
    }
    return true;
}
