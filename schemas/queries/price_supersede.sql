-- Price row :price_id takes the place of active rows for the same calls: of its provider, model, pattern,
-- service tier and period.
UPDATE price SET active = 0
WHERE active = 1 AND price_id <> :price_id AND EXISTS (
    SELECT 1 FROM price AS new
    WHERE new.price_id = :price_id AND new.provider IS price.provider AND new.model = price.model
      AND new.pattern = price.pattern AND new.service_tier IS price.service_tier
      AND new.from_us IS price.from_us AND new.until_us IS price.until_us);
