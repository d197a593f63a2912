-- No sessions are marked.
DELETE FROM temp.removed_session;
