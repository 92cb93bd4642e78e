-- Have records done again that were found to lead elsewhere than these records and masters are now.
INSERT INTO redo AS d (record_id, reasons, due_at, created_at, origin)
SELECT DISTINCT ON (stale.record_id) stale.record_id, ARRAY['reference'], CAST(:now AS timestamptz), CAST(:now AS timestamptz),
       CAST(:origins AS jsonb) -> stale.target
FROM (
    SELECT r.record_id, CAST(t.id AS text) AS target
    FROM source_record t
    JOIN record_reference r ON (r.domain, r.source, r.key) = (t.domain, t.source, t.source_key)
    LEFT JOIN crosswalk c ON c.record_id = t.id AND c.until_version IS NULL
    WHERE t.id = ANY (CAST(:records AS bigint[])) AND r.master_id IS DISTINCT FROM c.master_id
    UNION ALL
    SELECT r.record_id, CAST(r.master_id AS text)
    FROM record_reference r
    WHERE r.source = 'hub' AND r.master_id = ANY (CAST(:masters AS uuid[]))
    UNION ALL
    SELECT r.record_id, r.key
    FROM record_reference r
    WHERE r.source = 'hub' AND r.domain = :domain
      AND r.key = ANY (CAST(CAST(:masters AS uuid[]) AS text[]))
) AS stale
ORDER BY stale.record_id, stale.target
ON CONFLICT (record_id) DO UPDATE
SET due_at = least(d.due_at, excluded.due_at),
    reasons = CASE WHEN excluded.reasons <@ d.reasons THEN d.reasons ELSE d.reasons || excluded.reasons END,
    origin = coalesce(excluded.origin, d.origin)
