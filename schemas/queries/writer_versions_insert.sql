-- Differing records of calls; batch_version is a table in the writer's memory with the columns of
-- call_version but the first.
INSERT INTO call_version SELECT NULL, * FROM batch_version;
