-- New tool calls; batch_tool is a table in the writer's memory with the columns of tool_call but the
-- first. OR FAIL: as in the writer's other ones for many rows.
INSERT OR FAIL INTO tool_call SELECT NULL, * FROM batch_tool;
