/* stored_records: a database's rows as the records that they were made of, for another database to
 * take in as it takes in a log. */
#ifndef LLMOBS_STORE_STORED_RECORDS_H
#define LLMOBS_STORE_STORED_RECORDS_H

#include "store/store.h"

struct stored_records;

/*
 * Begins to read `from`, opened for reading, in one transaction, so that all is of one moment.
 *   source_of  by the ids of its sources, n of them and one for 0: what they are called in the
 *              records; 0 for ids that there are none of. Both are borrowed until the end
 */
NODISCARD enum err stored_records_open(struct store *from, const uint32_t *source_of, size_t n,
                                       struct stored_records **out, struct error *err);

/*
 * Adds the next some thousand records to an empty batch: first calls, as they were logged (nothing
 * inherited, one record for each that a call was merged from), then what refers to calls. None are
 * left when *more is false. Costs are not told: they follow from the prices of who takes the
 * records in. ERR_DB "<path>: damaged: ..." for rows that this program never writes.
 */
NODISCARD enum err stored_records_next(struct stored_records *r, struct batch *b, bool *more,
                                       struct error *err);

/* Accepts NULL. */
void stored_records_close(struct stored_records *r);

#endif
