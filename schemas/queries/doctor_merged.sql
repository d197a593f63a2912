-- The :limit calls (all: -1) with the most differing records, most first: call_id, records,
-- identity.
SELECT call_id, records, (SELECT identity FROM v_call_ids AS ids WHERE ids.call_id = most.call_id)
FROM (SELECT call_version.call_id, count(*) AS records
      FROM call_version JOIN call USING (call_id)
      WHERE call.shadowed IS NULL
      GROUP BY call_version.call_id
      ORDER BY records DESC, call_version.call_id
      LIMIT :limit) AS most
ORDER BY records DESC, call_id;
