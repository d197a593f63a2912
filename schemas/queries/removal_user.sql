-- The number of a user.
SELECT id FROM dictionary WHERE dimension = 'user' AND text = :text AND text <> '';
