/* severity: see the header. */
#include "stats/severity.h"

#include "base/banned.h"

/* Families among the members. */
static size_t count_families(const struct incident_member *m, size_t n)
{
    size_t families = 0;

    for (size_t i = 0; i < n; i++) {
        size_t before = 0;

        while (before < i && m[before].family != m[i].family)
            before++;
        families += before == i;
    }
    return families;
}

enum severity incident_severity(const struct incident_member *m, size_t n)
{
    size_t families = count_families(m, n);
    enum severity worst = SEVERITY_P3;
    bool persists = false;

    for (size_t i = 0; i < n; i++) {
        worst = m[i].severity < worst ? m[i].severity : worst;
        persists |= m[i].severity == SEVERITY_P2 && m[i].periods >= SEVERITY_PERSISTS;
    }
    if (worst <= SEVERITY_P1)
        return worst;
    if (families >= SEVERITY_FAMILIES)
        return SEVERITY_P1;
    if (worst == SEVERITY_P2 && families == 1 && !persists)
        return SEVERITY_P3;
    return worst;
}

double hysteresis_level(double threshold, double normal)
{
    return normal + (threshold - normal) / 2;
}

bool hysteresis_step(struct hysteresis *h, bool beyond, bool back)
{
    h->calm = h->firing && back && !beyond ? h->calm + 1 : 0;
    if (beyond)
        h->firing = true;
    else if (h->calm >= HYSTERESIS_CALM)
        *h = (struct hysteresis){.firing = false};
    return h->firing;
}
