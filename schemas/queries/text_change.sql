-- Puts another text in the place of one, of which :places places were made unreadable.
UPDATE content SET text = :text, redactions = redactions + :places WHERE key = :key;
