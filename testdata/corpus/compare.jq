# Compares wanted totals (an EXPECTED.json object, $want) with the input; prints what differs, a line
# each. Keys that say nothing of a database (counting rules, notes, line counts) are left out, and
# so is what the wanted object does not know (null stands for "no call gives it").
#   $what  printed before each difference
#   $spans  "spans": first_us and last_us are those of spans; "events": of the calls' ends
. as $got
| $want
| to_entries[]
| select(.key | IN("missing", "note", "usage_lines", "usage_spans", "duplicate_lines", "metric_points",
    "header_usage", "lines_that_are_no_call", "api_calls", "score_sum", "model", "filters", "passed_per_filter", "eval_results") | not)
| select(.value != null or (.key | IN("cache_read", "cache_write", "reasoning", "cost_nusd", "input_tokens", "output_tokens")))
| .key as $key
| (if $key == "first_us" and $spans == "spans" then $got.span_first_us
   elif $key == "last_us" and $spans == "spans" then $got.span_last_us
   elif $key == "first_us" and $spans == "events" then $got.event_first_us
   elif $key == "last_us" and $spans == "events" then $got.event_last_us
   elif $key == "errors" and ($want.tool_calls != null) and ($want.calls == null) then $got.tool_errors
   else $got[$key] end) as $have
# A class of tokens that no call gives is null here; some of the corpus' makers wrote 0 for it.
| select($have != .value and ((.value == 0 and $have == null) | not))
| "\($what): \($key): wanted \(.value | tojson), got \($have | tojson)"
