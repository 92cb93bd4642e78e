-- Have a record of each master done again on which a reference is pinned that leads to one of these masters.
WITH RECURSIVE pinned (id, merged_into, target) AS (
    SELECT m.id, m.merged_into, o.value ->> 'master'
    FROM override o
    JOIN master m ON m.id = o.master_id
    WHERE o.ended_at IS NULL AND o.value ->> 'master' = ANY (CAST(CAST(:masters AS uuid[]) AS text[]))
    UNION
    SELECT m.id, m.merged_into, p.target
    FROM pinned p
    JOIN master m ON m.id = p.merged_into
)
INSERT INTO redo AS d (record_id, reasons, due_at, created_at, origin)
SELECT min(c.record_id), ARRAY[CAST(:reason AS text)], CAST(:now AS timestamptz), CAST(:now AS timestamptz),
       CAST(:origins AS jsonb) -> min(p.target)
FROM pinned p
JOIN crosswalk c ON c.master_id = p.id AND c.until_version IS NULL
GROUP BY p.id
ORDER BY 1
ON CONFLICT (record_id) DO UPDATE
SET due_at = least(d.due_at, excluded.due_at),
    reasons = CASE WHEN excluded.reasons <@ d.reasons THEN d.reasons ELSE d.reasons || excluded.reasons END,
    origin = coalesce(excluded.origin, d.origin)
