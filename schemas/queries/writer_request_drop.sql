-- A request that is a call's identity by now.
DELETE FROM request_call WHERE call_key = :call_key;
