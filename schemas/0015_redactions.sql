-- Texts without the sum of what was made unreadable in them, and what that was by kind beside them: it
-- belongs to the text, and comes, changes and goes with it.
-- Applied once, in one transaction together with PRAGMA user_version; never edited after a release.
CREATE TABLE call_text (
    key   INTEGER PRIMARY KEY, -- call_id * 4 + side: 0 context, 1 input, 2 output
    chars INTEGER NOT NULL,    -- of the whole text
    cut   INTEGER NOT NULL CHECK (cut IN (0, 1)), -- 1: text is its beginning only
    rank  BLOB    NOT NULL,    -- of the record it came from: the largest one's text stays
    text  TEXT    NOT NULL     -- last: who asks for the others does not read it
) STRICT;

CREATE TABLE redaction (
    key  INTEGER NOT NULL, -- of call_text; a text without rows was not looked through
    kind TEXT    NOT NULL, -- email, card ...; '': nobody noted which, or, with n 0, there was nothing
    n    INTEGER NOT NULL CHECK (n >= 0), -- places in the whole text
    PRIMARY KEY (key, kind)
) STRICT, WITHOUT ROWID;

PRAGMA secure_delete = ON; -- pages that are free hold no text
INSERT INTO call_text SELECT key, chars, cut, rank, text FROM content;
INSERT INTO redaction SELECT key, '', redactions FROM content WHERE redactions > 0;
DROP TABLE content;
