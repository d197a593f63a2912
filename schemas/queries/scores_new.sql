-- Of the scores behind :after: how many there are, of a call that is here, of a call that is not, of
-- traces and sessions, of cases, and without a value, verdict or label that can be read. Then all that
-- wait for their call, and the last score_id.
SELECT count(*),
       count(*) FILTER (WHERE call_id IS NOT NULL),
       count(*) FILTER (WHERE call_id IS NULL AND target = 0),
       count(*) FILTER (WHERE target IN (1, 2)),
       count(*) FILTER (WHERE target = 3),
       count(*) FILTER (WHERE value IS NULL AND passed IS NULL AND coalesce(label, 'unclear') = 'unclear'),
       (SELECT count(*) FROM score WHERE call_id IS NULL AND call_key IS NOT NULL),
       (SELECT coalesce(max(score_id), 0) FROM score)
FROM score WHERE score_id > :after;
