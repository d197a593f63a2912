-- Requests that scores name, of which no call makes its identity: the call that carries the id beside an
-- identity of its own. Where several calls do, nobody knows which one is meant, and the scores wait.
CREATE TABLE request_call (
    call_key INTEGER PRIMARY KEY, -- identity_key that a call would have whose identity it were
    call_id  INTEGER              -- NULL: several calls carry it
) STRICT;
