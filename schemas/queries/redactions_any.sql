-- Whether any stored text was looked through for what is made unreadable.
SELECT EXISTS (SELECT 1 FROM redaction);
