-- The version of the tool that was called, where the log says it: dictionary 'tool_version'.
ALTER TABLE tool_call ADD COLUMN version_id INTEGER;
