-- Takes the text of a value that nothing has any more. Its number stays, so that the others do.
UPDATE dictionary SET text = '' WHERE dimension = :dimension AND id = :id AND text <> '';
