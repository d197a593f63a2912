/* signals: SIGINT and SIGTERM as a question that long work asks now and then. */
#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include "base/banned.h"

/* A handler can reach nothing but a global. */
static volatile sig_atomic_t caught;

static void note(int number)
{
    caught = number;
}

void signals_catch(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int signals_caught(void)
{
    return caught;
}
