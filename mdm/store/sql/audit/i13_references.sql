-- I13: every reference leads to where the record it names is now, or waits to be followed again; and nothing waits long.
SELECT 'record ' || r.record_id || ' (' || r.attribute || ') refers to ' || r.domain || ' ' || r.source || '/' || r.key
       || ' and does not lead to its master' AS finding
FROM record_reference r
LEFT JOIN source_record t ON (t.domain, t.source, t.source_key) = (r.domain, r.source, r.key)
LEFT JOIN crosswalk c ON c.record_id = t.id AND c.until_version IS NULL
WHERE r.source <> 'hub' AND r.master_id IS DISTINCT FROM c.master_id
  AND NOT EXISTS (SELECT FROM redo d WHERE d.record_id = r.record_id)
  AND NOT EXISTS (SELECT FROM reference_move m WHERE t.id = ANY (m.records))
UNION ALL
SELECT 'record ' || r.record_id || ' (' || r.attribute || ') refers to the merged master ' || r.master_id
FROM record_reference r
JOIN master m ON m.id = r.master_id AND m.status = 'merged'
WHERE r.source = 'hub' AND NOT EXISTS (SELECT FROM redo d WHERE d.record_id = r.record_id)
UNION ALL
SELECT 'record ' || record_id || ' has waited since ' || due_at || ' to be processed again (' || array_to_string(reasons, ', ') || ')'
FROM redo
WHERE due_at < :now - interval '1 day'
UNION ALL
SELECT 'the reference of ' || g.master_id || ' by ' || g.attribute || ' is not that of its golden record'
FROM golden_reference g
WHERE upper_inf(g.known) AND NOT EXISTS (
    SELECT FROM golden_slice s
    WHERE s.master_id = g.master_id AND s.until_version IS NULL AND s.valid && g.valid
      AND s.attributes -> g.attribute ->> 'master' = CAST(g.target_id AS text))
