-- The smallest call_id that is not below :from, NULL when there is none. One seek.
SELECT min(call_id) FROM call WHERE call_id >= :from;
