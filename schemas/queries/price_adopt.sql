-- Price row :price_id, of another database, holds from now on, unless an active row is there for the same
-- calls (price_supersede.sql).
UPDATE price SET active = 1
WHERE price_id = :price_id AND NOT EXISTS (
    SELECT 1 FROM price AS held
    WHERE held.active = 1 AND held.provider IS price.provider AND held.model = price.model
      AND held.pattern = price.pattern AND held.service_tier IS price.service_tier
      AND held.from_us IS price.from_us AND held.until_us IS price.until_us);
