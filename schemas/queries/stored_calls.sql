-- All calls with what their numbers stand for, in order: the columns of table call, then kind, family
-- and packed ids of their identity, packed session id, scalars.
SELECT c.*, i.kind, f.text, i.own, i.request, i.trace, i.span, i.parent, s.id, m.scalars
FROM call AS c
JOIN call_identity AS i ON i.call_id = c.call_id
LEFT JOIN dictionary AS f ON f.dimension = 'identity_family' AND f.id = i.family_id
LEFT JOIN session AS s ON s.key = c.session_key
LEFT JOIN meta AS m ON m.meta_id = c.meta_id
ORDER BY c.call_id;
