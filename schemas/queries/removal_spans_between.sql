-- Marks the spans that began in [:from_us, :until_us), and those of marked calls; :untimed_us as in
-- removal_calls_between.sql.
INSERT INTO temp.removed_span
SELECT span_row FROM span
WHERE (coalesce(started_us, ended_us, :untimed_us) >= :from_us
       AND coalesce(started_us, ended_us, :untimed_us) < :until_us)
   OR call_id IN (SELECT call_id FROM temp.removed_call);
