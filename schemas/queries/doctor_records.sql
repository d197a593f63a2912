-- The differing records of call :call_id, the one that won first: path (NULL: its source is gone),
-- line, won (0 or 1), input and output tokens (NULL: it does not say).
SELECT path, record.source_line,
       record.source_id = call.source_id AND record.source_line = call.source_line,
       record.input_tokens, record.output_tokens
FROM call_version AS record JOIN call USING (call_id)
     LEFT JOIN source ON source.source_id = record.source_id
WHERE record.call_id = :call_id
ORDER BY 3 DESC, path, record.source_line, record.output_tokens DESC, record.version_id;
