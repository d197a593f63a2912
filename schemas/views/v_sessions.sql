-- Conversations: key as in call.session_key, id as logged.
CREATE VIEW v_sessions AS
SELECT
    key,
    CASE substr(session.id, 1, 1)
        WHEN x'00' THEN CAST(substr(session.id, 2) AS TEXT)
        WHEN x'01' THEN lower(
            hex(substr(session.id, 2, 4)) || '-' || hex(substr(session.id, 6, 2)) || '-' ||
            hex(substr(session.id, 8, 2)) || '-' || hex(substr(session.id, 10, 2)) || '-' ||
            hex(substr(session.id, 12)))
        WHEN x'02' THEN lower(hex(substr(session.id, 2)))
    END AS id
FROM session;
