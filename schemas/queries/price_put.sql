-- Adds a price row unless one that says the same is there, which then becomes active if :active is 1.
-- Columns of table price from origin on, in order.
INSERT INTO price VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
    ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)
ON CONFLICT (fingerprint) DO UPDATE SET
    origin = CASE WHEN excluded.active > active THEN excluded.origin ELSE origin END,
    sources = CASE WHEN excluded.active > active THEN excluded.sources ELSE sources END,
    note = CASE WHEN excluded.active > active THEN excluded.note ELSE note END,
    active = max(active, excluded.active)
RETURNING price_id;
