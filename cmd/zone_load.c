/* zone_load: the system's time zones as plain lists of offsets. */
#include "zone_load.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/time_text.h"
#include "text.h"
#include "base/banned.h"

#define SYSTEM_ZONES "/usr/share/zoneinfo"

static const char *zone_folder(void)
{
    const char *dir = getenv("TZDIR");

    return dir && *dir ? dir : SYSTEM_ZONES;
}

/* Letters, digits and _ + - / without an empty or dotted component: what the database uses. */
static bool name_is_safe(const char *name)
{
    if (*name == '/' || *name == '-')
        return false;
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_+-/", *p))
            return false;
    return *name && strlen(name) < 200;
}

/* Whether the file is a compiled zone; zone.tab and the like stand in the same folder. */
static bool is_zone_file(const char *path)
{
    char magic[4];
    struct stat st;
    FILE *f;
    bool yes;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    f = fopen(path, "rbe");
    if (!f)
        return false;
    yes = fread(magic, 1, sizeof(magic), f) == sizeof(magic) && memcmp(magic, "TZif", 4) == 0;
    fclose(f);
    return yes;
}

static bool name_exists(const char *name)
{
    char path[PATH_MAX];

    return name_is_safe(name) &&
           snprintf(path, sizeof(path), "%s/%s", zone_folder(), name) < (int)sizeof(path) &&
           is_zone_file(path);
}

static enum err unknown_zone(const char *name, struct error *err)
{
    if (access(zone_folder(), F_OK) != 0)
        return error_set(err, ERR_NOT_FOUND,
                         "time zone \"%s\": %s is missing; install the package tzdata or use "
                         "--tz UTC",
                         name, zone_folder());
    return error_set(err, ERR_NOT_FOUND,
                     "unknown time zone \"%s\"; expected a name like Europe/Berlin, UTC or local",
                     name);
}

/* The part of path behind a zone folder: "Europe/Berlin"; NULL when it lies elsewhere. */
static const char *below_zone_folder(const char *path)
{
    const char *const folders[] = {zone_folder(), SYSTEM_ZONES};

    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        size_t n = strlen(folders[i]);

        if (strncmp(path, folders[i], n) == 0 && path[n] == '/')
            return path + n + 1;
    }
    return NULL;
}

static bool is_utc(const char *name)
{
    static const char *const names[] = {"UTC",     "UTC0",      "GMT",  "GMT0",
                                        "Etc/UTC", "Universal", "Zulu", "utc"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A zone spelled out as POSIX does, "CET-1CEST,M3.5.0,M10.5.0/3": the C library reads it itself. */
static bool is_posix_rule(const char *tz)
{
    size_t letters = strspn(tz, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    if (*tz == '<')
        return true;
    return letters >= 3 && strchr("+-0123456789", tz[letters]) && tz[letters];
}

/* Sets out to the zone called name; false when there is none. */
static bool choose_name(const char *name, struct arena *arena, struct zone_choice *out)
{
    char tz[256];
    const char *below = below_zone_folder(name);

    name = below ? below : name;
    if (is_utc(name)) {
        *out = (struct zone_choice){.name = "UTC", .utc = true};
        return true;
    }
    if (!name_exists(name))
        return false;
    snprintf(tz, sizeof(tz), ":%s", name);
    *out = (struct zone_choice){
        .name = text_copy(arena, sv_from(name)),
        .tz = text_copy(arena, sv_from(tz)),
    };
    return true;
}

/* The IANA name behind /etc/localtime, else what /etc/timezone says, else "local". */
static const char *machine_zone_name(struct arena *arena)
{
    char path[PATH_MAX], line[256];
    const char *below = realpath("/etc/localtime", path) ? below_zone_folder(path) : NULL;
    const char *name = "local";
    FILE *f;

    if (below)
        return text_copy(arena, sv_from(below));
    f = fopen("/etc/timezone", "re");
    if (!f)
        return name;
    if (fgets(line, sizeof(line), f)) {
        line[strcspn(line, "\r\n \t")] = '\0';
        if (name_exists(line))
            name = text_copy(arena, sv_from(line));
    }
    fclose(f);
    return name;
}

static enum err choose_local(struct arena *arena, struct zone_choice *out, struct error *err)
{
    const char *tz = getenv("TZ");

    if (!tz) {
        bool there = access("/etc/localtime", F_OK) == 0;
        const char *name = there ? machine_zone_name(arena) : "UTC";

        *out = name && is_utc(name) ? (struct zone_choice){.name = "UTC", .utc = true}
                                    : (struct zone_choice){.name = name};
        return OK;
    }
    if (*tz == ':')
        tz++;
    if (!*tz) {
        *out = (struct zone_choice){.name = "UTC", .utc = true};
        return OK;
    }
    if (choose_name(tz, arena, out))
        return OK;
    if (*tz == '/' && is_zone_file(tz)) {
        *out = (struct zone_choice){.name = "local"};
        return OK;
    }
    if (is_posix_rule(tz)) {
        *out = (struct zone_choice){.name = text_copy(arena, sv_from(tz))};
        return OK;
    }
    /* The C library would read it as UTC without a word, and every day would be cut wrongly. */
    return unknown_zone(tz, err);
}

enum err zone_choose(const char *wanted, struct arena *arena, struct zone_choice *out,
                     struct error *err)
{
    struct zone_choice choice = {0};

    if (!wanted || strcmp(wanted, "local") == 0) {
        enum err rc = choose_local(arena, &choice, err);

        if (rc)
            return rc;
    } else if (!choose_name(wanted, arena, &choice)) {
        return unknown_zone(wanted, err);
    }
    if (!choice.name)
        return error_set(err, ERR_NOMEM, "out of memory reading a time zone");
    *out = choice;
    return OK;
}

static int32_t offset_at(int64_t second)
{
    time_t t = (time_t)second;
    struct tm local;

    return localtime_r(&t, &local) ? (int32_t)local.tm_gmtoff : 0;
}

/* The first second in (before, after] that has another offset than `before`; `after` has one. */
static int64_t find_change(int64_t before, int64_t after)
{
    int32_t offset = offset_at(before);

    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;

        if (offset_at(middle) == offset)
            before = middle;
        else
            after = middle;
    }
    return after;
}

struct steps {
    struct zone_step *v;
    size_t n, cap;
};

static bool add_step(struct steps *s, struct arena *arena, int64_t from_us, int32_t offset_s)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 16;
        struct zone_step *v = arena_zalloc(arena, cap, sizeof(*v));

        if (!v)
            return false;
        if (s->n)
            memcpy(v, s->v, s->n * sizeof(*v));
        s->v = v;
        s->cap = cap;
    }
    s->v[s->n++] = (struct zone_step){from_us, offset_s};
    return true;
}

/* Looks at the clocks once a day and closes in on each change. */
static bool probe(int64_t from, int64_t to, struct arena *arena, struct steps *out)
{
    int32_t offset = offset_at(from);

    if (!add_step(out, arena, INT64_MIN, offset))
        return false;
    while (from < to) {
        int64_t next = from + 86400;

        if (offset_at(next) != offset) {
            next = find_change(from, next);
            offset = offset_at(next);
            if (!add_step(out, arena, next * US_PER_S, offset))
                return false;
        }
        from = next;
    }
    return true;
}

static int64_t clamp_second(int64_t us)
{
    const int64_t first = days_from_civil(1900, 1, 1) * 86400;
    const int64_t last = days_from_civil(2201, 1, 1) * 86400;
    int64_t second = us / US_PER_S;

    return second < first ? first : second > last ? last : second;
}

enum err zone_load(const struct zone_choice *choice, int64_t from_us, int64_t to_us,
                   struct arena *arena, struct zone *out, struct error *err)
{
    const char *old = getenv("TZ");
    const char *kept = old ? text_copy(arena, sv_from(old)) : NULL;
    struct steps steps = {0};
    bool ok;

    if (choice->utc) {
        *out = (struct zone){.name = choice->name};
        return OK;
    }
    if ((old && !kept) || (choice->tz && setenv("TZ", choice->tz, 1) != 0))
        return error_set(err, ERR_NOMEM, "out of memory reading time zone %s", choice->name);
    tzset();
    ok = probe(clamp_second(from_us) - 86400, clamp_second(to_us) + 86400, arena, &steps);
    /* Setting back what was there cannot fail for want of memory in a way that matters here. */
    if (choice->tz) {
        if (kept)
            setenv("TZ", kept, 1);
        else
            unsetenv("TZ");
        tzset();
    }
    if (!ok)
        return error_set(err, ERR_NOMEM, "out of memory reading time zone %s", choice->name);
    *out = (struct zone){.name = choice->name, .steps = steps.v, .n = steps.n};
    return OK;
}
