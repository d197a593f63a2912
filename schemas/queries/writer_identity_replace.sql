-- The ids of a stored call that changed; batch_identity is a table in the writer's memory with the
-- columns of call_identity.
INSERT OR REPLACE INTO call_identity SELECT * FROM batch_identity;
