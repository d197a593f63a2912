-- The call that a request was found to be.
INSERT OR REPLACE INTO request_call (call_key, call_id) VALUES (:call_key, :call_id);
