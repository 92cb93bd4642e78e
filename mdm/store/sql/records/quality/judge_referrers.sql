-- Have the records judged again that refer to a master.
INSERT INTO redo AS d (record_id, reasons, due_at, created_at, origin)
SELECT r.record_id, ARRAY[CAST(:reason AS text)], CAST(:now AS timestamptz), CAST(:now AS timestamptz),
       CAST(:origin AS jsonb)
FROM (
    SELECT r.record_id
    FROM crosswalk c
    JOIN source_record t ON t.id = c.record_id
    JOIN record_reference r ON (r.domain, r.source, r.key) = (t.domain, t.source, t.source_key)
    WHERE c.master_id = :master AND c.until_version IS NULL
    UNION
    SELECT r.record_id
    FROM record_reference r
    WHERE r.source = 'hub' AND r.master_id = :master
) AS r
ORDER BY r.record_id
ON CONFLICT (record_id) DO UPDATE
SET due_at = least(d.due_at, excluded.due_at),
    reasons = CASE WHEN excluded.reasons <@ d.reasons THEN d.reasons ELSE d.reasons || excluded.reasons END
