-- A stored call that changed; batch_call is a table in the writer's memory with the columns of
-- call.
INSERT OR REPLACE INTO call SELECT * FROM batch_call;
