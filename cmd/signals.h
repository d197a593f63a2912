/* signals: SIGINT and SIGTERM as a question that long work asks now and then. */
#ifndef LLMOBS_SIGNALS_H
#define LLMOBS_SIGNALS_H

/* From now on SIGINT and SIGTERM are only noted; the second one of a kind ends the program. */
void signals_catch(void);

/* The number of the signal that came, 0: none. */
int signals_caught(void);

#endif
