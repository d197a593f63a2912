/* align: which stretch of one window a stretch of another one is to be compared with. */
#ifndef LLMOBS_REPORT_ALIGN_H
#define LLMOBS_REPORT_ALIGN_H

#include "query/bucket.h"

/*
 * The bucket that lies to to_us as bucket `number` lies to from_us. Days, weeks and months are
 * counted, weekdays stay what they are. Below a day the clock counts when both instants are at the
 * same time of day: 10:00 goes to 10:00 whatever the clocks did in between (what was 2:00 for the
 * second time goes to the second 2:00, else to the only one; an hour that is jumped over goes to
 * the next). Otherwise the time that has passed counts.
 */
int64_t align_bucket(const struct zone *z, enum bucket kind, int64_t number, int64_t from_us,
                     int64_t to_us);

#endif
