-- Marks the calls that started in [:from_us, :until_us) (microseconds UTC). Those without a start
-- count as started at :untimed_us; NULL: never.
INSERT INTO temp.removed_call
SELECT call_id FROM call
WHERE coalesce(started_us, :untimed_us) >= :from_us
  AND coalesce(started_us, :untimed_us) < :until_us;
