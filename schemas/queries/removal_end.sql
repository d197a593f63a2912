-- Forgets what was being removed. Several statements.
DROP TABLE IF EXISTS temp.removed_call;
DROP TABLE IF EXISTS temp.removed_span;
DROP TABLE IF EXISTS temp.removed_trace;
DROP TABLE IF EXISTS temp.removed_session;
