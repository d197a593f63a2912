-- What scanning found in the texts of calls: counts by kind, never what was found. Written only for
-- calls in which something was found; call.flags says which calls were scanned.
CREATE TABLE finding (
    call_id INTEGER NOT NULL,
    kind_id INTEGER NOT NULL, -- dictionary 'finding'
    side    INTEGER NOT NULL CHECK (side IN (0, 1)), -- 0 input, 1 output
    n       INTEGER NOT NULL CHECK (n > 0),
    PRIMARY KEY (call_id, kind_id, side)
) STRICT, WITHOUT ROWID;
