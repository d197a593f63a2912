-- All price rows, the latest first, with the columns of table price.
SELECT * FROM price ORDER BY price_id DESC;
