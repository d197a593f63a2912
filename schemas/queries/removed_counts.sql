-- How many of the marked rows are calls (the others are spans above calls), and how many calls without a
-- start stay.
SELECT (SELECT count(*) FROM call
        WHERE call_id IN (SELECT call_id FROM temp.removed_call) AND shadowed IS NULL),
       (SELECT count(*) FROM call
        WHERE call_id NOT IN (SELECT call_id FROM temp.removed_call) AND shadowed IS NULL
          AND started_us IS NULL);
