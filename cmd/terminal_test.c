#include "terminal.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include "base/error.h"

static const char *const variables[] = {"NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM",
                                        "COLUMNS",  "LC_ALL",         "LC_CTYPE",    "LANG"};

static void forget_all(void)
{
    for (size_t i = 0; i < ARRAY_LEN(variables); i++)
        unsetenv(variables[i]);
}

static const struct {
    const char *variable, *value, *wanted;
    bool is_terminal, want;
} colors[] = {
    {"TERM",           "xterm", NULL,     true,  true },
    {"TERM",           "xterm", "auto",   false, false},
    {"TERM",           "dumb",  NULL,     true,  false},
    {"TERM",           "dumb",  "always", false, true },
    {"TERM",           "xterm", "never",  true,  false},
    {"NO_COLOR",       "1",     "always", true,  true },
    {"NO_COLOR",       "1",     "auto",   true,  false},
    {"CLICOLOR_FORCE", "1",     NULL,     false, true },
    {"CLICOLOR_FORCE", "0",     NULL,     false, false},
    {"FORCE_COLOR",    "1",     NULL,     false, true },
    {"FORCE_COLOR",    "",      NULL,     false, false},
};

Test(terminal, color)
{
    for (size_t i = 0; i < ARRAY_LEN(colors); i++) {
        forget_all();
        setenv(colors[i].variable, colors[i].value, 1);
        cr_expect(terminal_color(colors[i].wanted, colors[i].is_terminal) == colors[i].want,
                  "row %zu: %s=%s", i, colors[i].variable, colors[i].value);
    }
    forget_all();
    setenv("NO_COLOR", "", 1); /* present but empty does not count: no-color.org */
    setenv("FORCE_COLOR", "1", 1);
    cr_expect(terminal_color(NULL, false));
    setenv("NO_COLOR", "1", 1);
    cr_expect(!terminal_color(NULL, false));
}

static const struct {
    const char *columns;
    int want;
} widths[] = {
    {"100",     100},
    {"1",       1  },
    {"0",       0  },
    {"",        0  },
    {"-5",      0  },
    {"80x",     0  },
    {"1234567", 0  }
};

Test(terminal, width)
{
    for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
        forget_all();
        setenv("COLUMNS", widths[i].columns, 1);
        cr_expect(terminal_width(-1) == widths[i].want, "%s", widths[i].columns);
    }
    forget_all();
    cr_expect(terminal_width(-1) == 0);
}

static const struct {
    const char *variable, *value;
    bool want;
} locales[] = {
    {"LC_ALL",   "C.UTF-8",     true },
    {"LC_CTYPE", "de_DE.utf8",  true },
    {"LANG",     "en_US.UTF-8", true },
    {"LANG",     "C",           false},
    {"LC_ALL",   "",            false},
};

Test(terminal, utf8)
{
    for (size_t i = 0; i < ARRAY_LEN(locales); i++) {
        forget_all();
        setenv(locales[i].variable, locales[i].value, 1);
        cr_expect(terminal_utf8() == locales[i].want, "%s=%s", locales[i].variable,
                  locales[i].value);
    }
    setenv("LC_ALL", "C", 1); /* the strongest decides */
    setenv("LANG", "en_US.UTF-8", 1);
    cr_expect(!terminal_utf8());
}
