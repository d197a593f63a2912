# Logs of several shapes: an array over several lines, compressed, a line that is cut off.
printf '[{"prompt":"mail a@cd.de"},\n {"response":"mail b@cd.de"}]' >array.json
printf '{"prompt":"mail c@cd.de"}\n{"prompt":"mail d@cd.' | gzip >lines.jsonl.gz
llmobs scan --show array.json lines.jsonl.gz
