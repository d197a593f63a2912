-- The ids of stored calls that changed, or of a few new ones; batch_identity is a table in the
-- writer's memory with the columns of call_identity.
INSERT OR REPLACE INTO call_identity SELECT * FROM batch_identity;
