-- Read every id that was merged into a master by then, directly or through others.
WITH RECURSIVE merged (id) AS (
    SELECT m.id
    FROM master m
    JOIN golden_version v ON v.master_id = m.id AND v.version = m.version
    WHERE m.merged_into = :id AND v.recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
    UNION
    SELECT m.id
    FROM merged
    JOIN master m ON m.merged_into = merged.id
    JOIN golden_version v ON v.master_id = m.id AND v.version = m.version
    WHERE v.recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
)
SELECT id FROM merged ORDER BY id
