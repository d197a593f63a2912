-- The same of decisions.
DELETE FROM branch_decision
WHERE call_id IN (SELECT call_id FROM temp.removed_call)
   OR (call_id IS NULL
       AND ((coalesce(decided_us, :untimed_us) >= :from_us
             AND coalesce(decided_us, :untimed_us) < :until_us)
            OR trace IN (SELECT id FROM temp.removed_trace)
            OR request IN (SELECT request FROM call_identity
                           WHERE call_id IN (SELECT call_id FROM temp.removed_call))));
