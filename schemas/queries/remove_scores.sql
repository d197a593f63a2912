-- The same of scores; those of traces and sessions go with these.
DELETE FROM score
WHERE call_id IN (SELECT call_id FROM temp.removed_call)
   OR (call_id IS NULL AND coalesce(at_us, :untimed_us) >= :from_us
       AND coalesce(at_us, :untimed_us) < :until_us)
   OR (target = 1 AND target_id IN (SELECT id FROM temp.removed_trace))
   OR (target = 2 AND target_id IN (SELECT id FROM session
                                    WHERE key IN (SELECT key FROM temp.removed_session)));
