-- The blocks of :rows calls in which some are marked, by number from 0.
SELECT DISTINCT (call_id - 1) / :rows FROM temp.removed_call ORDER BY 1;
