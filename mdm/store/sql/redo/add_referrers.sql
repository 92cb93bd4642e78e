-- Have records done again that were found to lead elsewhere than these records and masters are now.
INSERT INTO redo AS d (record_id, reason, due_at, created_at)
SELECT stale.record_id, 'reference', :now, :now
FROM (
    SELECT r.record_id
    FROM source_record t
    JOIN record_reference r ON (r.domain, r.source, r.key) = (t.domain, t.source, t.source_key)
    LEFT JOIN crosswalk c ON c.record_id = t.id AND c.until_version IS NULL
    WHERE t.id = ANY (CAST(:records AS bigint[])) AND r.master_id IS DISTINCT FROM c.master_id
    UNION
    SELECT r.record_id
    FROM record_reference r
    WHERE r.source = 'hub' AND r.master_id = ANY (CAST(:masters AS uuid[]))
    UNION
    SELECT r.record_id
    FROM record_reference r
    WHERE r.source = 'hub' AND r.domain = :domain
      AND r.key = ANY (CAST(CAST(:masters AS uuid[]) AS text[]))
) AS stale
ORDER BY stale.record_id
ON CONFLICT (record_id) DO UPDATE SET due_at = least(d.due_at, excluded.due_at)
