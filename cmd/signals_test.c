#include "signals.h"

#include <criterion/criterion.h>
#include <signal.h>

Test(signals, the_first_is_noted)
{
    signals_catch();
    cr_expect(signals_caught() == 0);
    raise(SIGTERM);
    cr_expect(signals_caught() == SIGTERM);
    raise(SIGINT);
    cr_expect(signals_caught() == SIGINT);
}

Test(signals, the_second_ends_the_program, .signal = SIGINT)
{
    signals_catch();
    raise(SIGINT);
    raise(SIGINT);
}
