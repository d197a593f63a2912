/* terminal: what the place that output goes to can show. */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "base/error.h"
#include "base/banned.h"

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value;
}

static bool is_on(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value && strcmp(value, "0") != 0;
}

bool terminal_color(const char *wanted, bool is_terminal)
{
    const char *term = getenv("TERM");

    if (wanted && strcmp(wanted, "auto") != 0)
        return strcmp(wanted, "always") == 0;
    if (is_set("NO_COLOR"))
        return false;
    if (is_on("CLICOLOR_FORCE") || is_on("FORCE_COLOR"))
        return true;
    return is_terminal && term && strcmp(term, "dumb") != 0;
}

int terminal_width(int fd)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;

    if (columns && *columns && strlen(columns) <= 5 &&
        strspn(columns, "0123456789") == strlen(columns)) {
        int width = (int)strtol(columns, NULL, 10);

        if (width > 0)
            return width;
    }
    if (fd >= 0 && isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0)
        return size.ws_col;
    return 0;
}

bool terminal_utf8(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        const char *value = getenv(variables[i]);

        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}
