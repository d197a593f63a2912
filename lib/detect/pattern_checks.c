/* pattern_checks: whether a number or a word that looks like something is that. */
#include "detect/pattern_checks.h"

#include <math.h>
#include <stdint.h>

#include "base/banned.h"

#define NUMBER_MAX 40 /* digits and letters of a number that is checked */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The digits, and the letters in upper case, without what groups them. */
struct number {
    char p[NUMBER_MAX];
    size_t n;
};

static struct number number_of(struct sv text, size_t start, size_t end)
{
    struct number out = {.n = 0};

    for (size_t i = start; i < end && out.n < NUMBER_MAX; i++)
        if (is_digit(text.p[i]) || is_letter(text.p[i]))
            out.p[out.n++] = is_digit(text.p[i]) ? text.p[i] : (char)(text.p[i] & ~0x20);
    return out;
}

static int digit_at(const struct number *x, size_t i)
{
    return x->p[i] - '0';
}

static int64_t value_of(const struct number *x, size_t from, size_t n)
{
    int64_t v = 0;

    for (size_t i = from; i < from + n; i++)
        v = v * 10 + digit_at(x, i);
    return v;
}

static bool all_same(const struct number *x)
{
    for (size_t i = 1; i < x->n; i++)
        if (x->p[i] != x->p[0])
            return false;
    return true;
}

/* ---- cards and accounts --------------------------------------------------------------------- */

static bool luhn(const struct number *x)
{
    int sum = 0;

    for (size_t i = 0; i < x->n; i++) {
        int d = digit_at(x, x->n - 1 - i) * (i % 2 ? 2 : 1);
        sum += d > 9 ? d - 9 : d;
    }
    return sum % 10 == 0;
}

/* A card of one of the large networks: their first digits (ISO/IEC 7812) and lengths, and Luhn. */
static bool check_card(struct sv text, size_t start, size_t *end)
{
    static const struct {
        int64_t first, last; /* of the first four digits */
        size_t min, max;
    } networks[] = {
        {4000, 4999, 13, 19}, /* Visa */
        {5100, 5599, 16, 16}, /* Mastercard */
        {2221, 2720, 16, 16},
        {3400, 3499, 15, 15}, /* American Express */
        {3700, 3799, 15, 15},
        {6011, 6011, 16, 19}, /* Discover */
        {6440, 6599, 16, 19},
        {3528, 3589, 16, 19}, /* JCB */
        {3000, 3059, 14, 19}, /* Diners Club */
        {3600, 3699, 14, 19},
        {3800, 3999, 14, 19},
        {6200, 6299, 16, 19}, /* UnionPay */
    };
    struct number x = number_of(text, start, *end);

    if (x.n < 13 || x.n > 19 || all_same(&x) || !luhn(&x))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(networks); i++) {
        int64_t first = value_of(&x, 0, 4);
        /* Visa has 13, 16 and 19 digits; the lengths between belong to nobody. */
        bool gap = networks[i].min == 13 && x.n != 13 && x.n != 16 && x.n != 19;

        if (first >= networks[i].first && first <= networks[i].last && x.n >= networks[i].min &&
            x.n <= networks[i].max && !gap)
            return true;
    }
    return false;
}

/* ISO 13616: the country's length, and the rest of the rearranged number by 97 is 1. A longer match
 * is cut to that length. */
static bool check_iban(struct sv text, size_t start, size_t *end)
{
    static const char lengths[] =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18"
        "FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IS26IT27JO30KW30KZ20LB28LI21LT20LU20LV21MC27"
        "MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SE24SI19SK24SM27TN24TR26"
        "UA29VG24XK20";
    size_t want = 0, n = 0, at = start;
    char compact[NUMBER_MAX];
    unsigned rest = 0;

    for (size_t i = 0; i + 4 < sizeof(lengths) && !want; i += 4)
        if (memcmp(lengths + i, text.p + start, 2) == 0)
            want = (size_t)(lengths[i + 2] - '0') * 10 + (size_t)(lengths[i + 3] - '0');
    for (; at < *end && n < want; at++)
        if (text.p[at] != ' ')
            compact[n++] = text.p[at];
    if (!want || n != want || (at < text.n && (is_digit(text.p[at]) || is_letter(text.p[at]))))
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = compact[(i + 4) % n];
        rest =
            is_digit(c) ? rest * 10 + (unsigned)(c - '0') : rest * 100 + (unsigned)(c - 'A' + 10);
        rest %= 97;
    }
    *end = at;
    return rest == 1;
}

/* ---- national numbers ----------------------------------------------------------------------- */

/* The Social Security Administration's rules; two numbers that were printed in advertising. */
static bool check_us_ssn(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);
    int64_t area, all;

    if (x.n != 9)
        return false;
    area = value_of(&x, 0, 3);
    all = value_of(&x, 0, 9);
    return area && area != 666 && area < 900 && value_of(&x, 3, 2) && value_of(&x, 5, 4) &&
           all != 78051120 && all != 219099999;
}

/* HMRC: prefixes that are not used. */
static bool check_uk_nino(struct sv text, size_t start, size_t *end)
{
    static const char unused[] = "BGGBNKKNTNNTZZ";
    struct number x = number_of(text, start, *end);

    if (x.n != 9)
        return false;
    for (size_t i = 0; i + 2 < sizeof(unused); i += 2)
        if (memcmp(unused + i, x.p, 2) == 0)
            return false;
    return true;
}

/* INSEE: the key is 97 less the rest by 97. */
static bool check_fr_nir(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);

    return x.n == 15 && 97 - value_of(&x, 0, 13) % 97 == value_of(&x, 13, 2);
}

/* DNI and NIE (X, Y, Z for a leading 0, 1, 2): the letter is the rest by 23. */
static bool check_es_dni(struct sv text, size_t start, size_t *end)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    struct number x = number_of(text, start, *end);

    if (x.n != 9)
        return false;
    if (is_letter(x.p[0]))
        x.p[0] = (char)(x.p[0] - 'X' + '0');
    x.n = 8;
    return !all_same(&x) && letters[value_of(&x, 0, 8) % 23] == x.p[8];
}

/* Decreto ministeriale 23 dicembre 1976: values of the characters in odd places. */
static bool check_it_codice_fiscale(struct sv text, size_t start, size_t *end)
{
    static const int odd[26] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    struct number x = number_of(text, start, *end);
    int sum = 0;

    if (x.n != 16)
        return false;
    for (size_t i = 0; i < 15; i++) {
        int v = is_digit(x.p[i]) ? x.p[i] - '0' : x.p[i] - 'A';
        sum += i % 2 ? v : odd[v];
    }
    return sum % 26 == x.p[15] - 'A';
}

/* ISO 7064 MOD 11,10; and of the first ten digits exactly one stands there twice or three times. */
static bool check_de_steuer_id(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);
    int product = 10, seen[10] = {0}, repeated = 0;

    if (x.n != 11)
        return false;
    for (size_t i = 0; i < 10; i++) {
        int sum = (digit_at(&x, i) + product) % 10;
        product = (sum ? sum : 10) * 2 % 11;
        seen[digit_at(&x, i)]++;
    }
    for (size_t i = 0; i < 10; i++) {
        if (seen[i] > 3)
            return false;
        repeated += seen[i] > 1;
    }
    return repeated == 1 && (11 - product) % 10 == digit_at(&x, 10);
}

/* The check digit of n digits by weights that fall to 2 at the last one, modulo 11. */
static int weighted_11(const struct number *x, size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += digit_at(x, i) * (int)(n + 1 - i);
    return sum % 11 < 2 ? 0 : 11 - sum % 11;
}

static bool check_pt_nif(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);

    return x.n == 9 && weighted_11(&x, 8) == digit_at(&x, 8);
}

static bool check_br_cpf(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);

    return x.n == 11 && !all_same(&x) && weighted_11(&x, 9) == digit_at(&x, 9) &&
           weighted_11(&x, 10) == digit_at(&x, 10);
}

/* GB 11643: ISO 7064 MOD 11-2, around a date of birth. */
static bool check_cn_resident_id(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);
    int sum = 0;

    if (x.n != 18)
        return false;
    for (size_t i = 0; i < 17; i++)
        sum = (sum + digit_at(&x, i)) * 2 % 11;
    sum = (12 - sum) % 11;
    return x.p[17] == (sum == 10 ? 'X' : (char)('0' + sum));
}

/* Japan's number for individuals: weights 2 to 7 from the right. */
static bool check_jp_my_number(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);
    int sum = 0;

    if (x.n != 12)
        return false;
    for (size_t i = 0; i < 11; i++) {
        int n = 11 - (int)i;
        sum += digit_at(&x, i) * (n <= 6 ? n + 1 : n - 5);
    }
    return (sum % 11 < 2 ? 0 : 11 - sum % 11) == digit_at(&x, 11);
}

/* EAN-13, as the Swiss AHV number has it. */
static bool check_ch_ahv(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);
    int sum = 0;

    if (x.n != 13)
        return false;
    for (size_t i = 0; i < 13; i++)
        sum += digit_at(&x, i) * (i % 2 ? 3 : 1);
    return sum % 10 == 0;
}

static bool check_luhn(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);

    return !all_same(&x) && luhn(&x);
}

/* ---- ways to reach somebody ------------------------------------------------------------------ */

static bool is_one_of(struct sv word, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (sv_eq_nocase(word, sv_from(words[i])))
            return true;
    return false;
}

static bool starts_nocase(struct sv text, const char *start)
{
    size_t n = strlen(start);

    return text.n >= n && sv_eq_nocase((struct sv){text.p, n}, sv_from(start));
}

/* A domain that is nobody's, set aside for examples and tests (RFC 2606, RFC 6761): `top` is what
 * stands behind its last dot. */
static bool is_reserved(struct sv domain, struct sv top)
{
    static const char *const tops[] = {"example", "test", "invalid", "localhost", NULL};
    static const char *const domains[] = {"example.com", "example.net", "example.org", NULL};

    for (size_t i = 0; domains[i]; i++) {
        size_t n = strlen(domains[i]);
        struct sv end = {domain.p + domain.n - n, n};

        if (domain.n >= n && (domain.n == n || end.p[-1] == '.') &&
            sv_eq_nocase(end, sv_from(domains[i])))
            return true;
    }
    return is_one_of(top, tops);
}

/* Not the address of a program, nor one that nobody can have, and not a name of a file or a package
 * with an '@' in it. */
static bool check_email(struct sv text, size_t start, size_t *end)
{
    static const char *const machines[] = {
        "git",        "hg",           "svn",           "noreply",    "no-reply",
        "donotreply", "do-not-reply", "mailer-daemon", "postmaster", NULL};
    static const char *const names[] = {
        "com",           "org",        "net",       "edu",      "gov",     "mil",     "int",
        "info",          "biz",        "name",      "pro",      "coop",    "aero",    "museum",
        "jobs",          "mobi",       "travel",    "asia",     "cat",     "tel",     "post",
        "app",           "dev",        "cloud",     "tech",     "online",  "site",    "shop",
        "store",         "blog",       "xyz",       "email",    "mail",    "agency",  "company",
        "world",         "team",       "group",     "health",   "care",    "academy", "school",
        "bank",          "law",        "legal",     "berlin",   "hamburg", "koeln",   "bayern",
        "wien",          "swiss",      "london",    "paris",    "nyc",     "tokyo",   "quebec",
        "scot",          "solutions",  "services",  "digital",  "media",   "studio",  "design",
        "consulting",    "software",   "systems",   "network",  "live",    "life",    "one",
        "club",          "space",      "today",     "works",    "zone",    "global",  "international",
        "foundation",    "eus",        "gal",       NULL};
    static const char *const files[] = {"js", "py", "ts", "cs", "md", "sh", "rb",
                                        "rs", "go", "so", "cc", "hs", "pl", NULL};
    struct sv whole = {text.p + start, *end - start};
    const char *at = memchr(whole.p, '@', whole.n);
    const char *dot = NULL;
    struct sv local, domain, top;

    for (const char *p = at; p && p < whole.p + whole.n; p++)
        dot = *p == '.' ? p : dot;
    if (!dot)
        return false;
    local = (struct sv){whole.p, (size_t)(at - whole.p)};
    top = (struct sv){dot + 1, (size_t)(whole.p + whole.n - dot - 1)};
    domain = (struct sv){at + 1, (size_t)(whole.p + whole.n - at - 1)};
    if (is_one_of(local, machines) || is_reserved(domain, top))
        return false;
    return top.n == 2 ? !is_one_of(top, files) : is_one_of(top, names);
}

/* E.164: up to 15 digits; behind +1 an area code and an exchange that there can be. */
static bool check_phone(struct sv text, size_t start, size_t *end)
{
    struct number x = number_of(text, start, *end);
    bool international = text.p[start] == '+';

    if (x.n < 7 || x.n > 15 || (international && x.n < 8) || all_same(&x))
        return false;
    if (international && x.p[0] == '1')
        return x.n == 11 && x.p[1] >= '2' && x.p[4] >= '2';
    /* Digits that only count up are somebody's example of a number, not a phone's. */
    for (size_t i = 1; i < x.n; i++)
        if (x.p[i] != x.p[i - 1] + 1 && !(x.p[i] == '0' && x.p[i - 1] == '9'))
            return true;
    return false;
}

/* The networks that are set aside for documentation (RFC 5737). */
static bool is_in_examples(const unsigned octet[4])
{
    static const unsigned networks[][3] = {
        {192, 0,  2  },
        {198, 51, 100},
        {203, 0,  113},
    };

    for (size_t i = 0; i < ARRAY_LEN(networks); i++)
        if (memcmp(octet, networks[i], sizeof(networks[i])) == 0)
            return true;
    return false;
}

/* An address of the public internet that could be a person's: not a private or reserved one, not a
 * well-known resolver, and not four small numbers, which are a version. */
static bool check_ip4(struct sv text, size_t start, size_t *end)
{
    static const unsigned resolvers[][4] = {
        {1,   0,  0,   1  },
        {8,   8,  8,   8  },
        {8,   8,  4,   4  },
        {9,   9,  9,   9  },
        {208, 67, 222, 222}
    };
    unsigned octet[4] = {0};
    unsigned n = 0;

    for (size_t i = start; i < *end; i++) {
        if (text.p[i] == '.')
            n++;
        else if (n < 4)
            octet[n] = octet[n] * 10 + (unsigned)(text.p[i] - '0');
    }
    for (unsigned i = 0; i < 4; i++)
        if (octet[i] > 255)
            return false;
    for (size_t i = 0; i < ARRAY_LEN(resolvers); i++)
        if (memcmp(octet, resolvers[i], sizeof(octet)) == 0)
            return false;
    if (octet[0] == 0 || octet[0] == 10 || octet[0] == 127 || octet[0] >= 224 ||
        (octet[0] == 169 && octet[1] == 254) || (octet[0] == 192 && octet[1] == 168) ||
        (octet[0] == 172 && octet[1] >= 16 && octet[1] <= 31) ||
        (octet[0] == 100 && octet[1] >= 64 && octet[1] <= 127) || is_in_examples(octet))
        return false;
    if (octet[0] <= 9)
        return octet[1] > 9 && octet[2] > 9;
    return octet[1] > 9 || octet[2] > 9 || octet[3] > 9;
}

/* Eight groups of hex digits, or fewer around one "::"; not of the network for documentation,
 * 2001:db8::/32 (RFC 3849). */
static bool check_ip6(struct sv text, size_t start, size_t *end)
{
    struct sv address = {text.p + start, *end - start};
    unsigned groups = 0, digits = 0, gaps = 0;

    if (starts_nocase(address, "2001:db8:") || starts_nocase(address, "2001:0db8:"))
        return false;

    for (size_t i = start; i < *end; i++) {
        if (text.p[i] != ':') {
            groups += digits == 0;
            if (++digits > 4)
                return false;
        } else {
            gaps += i > start && text.p[i - 1] == ':';
            digits = 0;
        }
    }
    return gaps == 1 ? groups >= 2 && groups <= 7 : gaps == 0 && groups == 8 && digits;
}

/* ---- secrets ----------------------------------------------------------------------------------
 */

/* Shannon's entropy in bits for each byte. */
static double entropy(struct sv s)
{
    size_t count[256] = {0};
    double bits = 0;

    for (size_t i = 0; i < s.n; i++)
        count[(unsigned char)s.p[i]]++;
    for (size_t i = 0; i < 256; i++)
        if (count[i])
            bits -= (double)count[i] / (double)s.n * log2((double)count[i] / (double)s.n);
    return bits;
}

static bool holds_nocase(struct sv s, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= s.n; i++) {
        size_t k = 0;

        while (k < n && lower(s.p[i + k]) == word[k])
            k++;
        if (k == n)
            return true;
    }
    return false;
}

static bool is_placeholder(struct sv s)
{
    static const char *const words[] = {"example",   "your",   "xxxx",    "placeholder", "changeme",
                                        "dummy",     "redact", "....",    "****",        "abcdef",
                                        "sample",    "insert", "<",       "${",          "{{",
                                        "123456789", "env.",   "process", "test_key",    "todo"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (holds_nocase(s, words[i]))
            return true;
    return false;
}

/* A key of a known shape: as mixed as random letters are, and no stand-in for one. */
static bool check_key(struct sv text, size_t start, size_t *end)
{
    struct sv s = {text.p + start, *end - start};

    return entropy(s) >= 3.0 && !is_placeholder(s);
}

/* A value that only its name calls secret: letters and digits (or signs), well mixed. */
static bool check_value(struct sv text, size_t start, size_t *end)
{
    struct sv s = {text.p + start, *end - start};
    bool digit = false, letter = false, other = false;

    for (size_t i = 0; i < s.n; i++) {
        digit |= is_digit(s.p[i]);
        letter |= is_letter(s.p[i]);
        other |= !is_digit(s.p[i]) && !is_letter(s.p[i]) && s.p[i] != '_' && s.p[i] != '.' &&
                 s.p[i] != '-';
    }
    return letter && (digit || other) && entropy(s) >= 2.5 && !is_placeholder(s);
}

/* ---- sentences ------------------------------------------------------------------------------- */

static bool ends_with_one(struct sv text, const char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        size_t n = strlen(words[i]);

        if (text.n >= n && sv_eq_nocase((struct sv){text.p + text.n - n, n}, sv_from(words[i])))
            return true;
    }
    return false;
}

/* Said, not told of: a sentence in quotation marks behind words that speak of attacks is somebody's
 * example, and one behind a "not" is the opposite. */
static bool check_said(struct sv text, size_t start, size_t *end)
{
    static const char *const words[] = {"such as",     "e.g.",    "phrase", "attack",
                                        "for example", "pattern", "inject", "classic",
                                        "keyword",     "detect",  "string", "contain"};
    static const char *const quotes[] = {
        "\"",           "'", "`", "\xE2\x80\x9C", "\xE2\x80\x98", "\xC2\xAB", "\xE2\x80\x9E",
        "\xE3\x80\x8C", NULL};
    static const char *const negations[] = {"not ",        "never ",  "n't ", "n\xE2\x80\x99t ",
                                            "nicht ",      "ne pas ", "no ",  "nunca ",
                                            "never ever ", NULL};
    size_t from = start > 100 ? start - 100 : 0;
    struct sv before = {text.p + from, start - from};

    (void)end;
    if (ends_with_one(before, negations))
        return false;
    for (size_t i = 0; ends_with_one(before, quotes) && i < ARRAY_LEN(words); i++)
        if (holds_nocase(before, words[i]))
            return false;
    return true;
}

/* clang-format off */
static const struct {
    const char *name;
    detect_check check;
} checks[] = {
    {"card",              check_card             },
    {"iban",              check_iban             },
    {"luhn",              check_luhn             },
    {"us_ssn",            check_us_ssn           },
    {"uk_nino",           check_uk_nino          },
    {"fr_nir",            check_fr_nir           },
    {"es_dni",            check_es_dni           },
    {"it_codice_fiscale", check_it_codice_fiscale},
    {"de_steuer_id",      check_de_steuer_id     },
    {"pt_nif",            check_pt_nif           },
    {"br_cpf",            check_br_cpf           },
    {"cn_resident_id",    check_cn_resident_id   },
    {"jp_my_number",      check_jp_my_number     },
    {"ch_ahv",            check_ch_ahv           },
    {"email",             check_email            },
    {"phone",             check_phone            },
    {"ip4",               check_ip4              },
    {"ip6",               check_ip6              },
    {"key",               check_key              },
    {"value",             check_value            },
    {"said",              check_said             },
};
/* clang-format on */

detect_check detect_check_find(struct sv name)
{
    for (size_t i = 0; i < ARRAY_LEN(checks); i++)
        if (sv_is(name, checks[i].name))
            return checks[i].check;
    return NULL;
}
