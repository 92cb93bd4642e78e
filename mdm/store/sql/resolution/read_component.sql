-- Read records with their current masters, each by its keys (OFFSET 0 keeps the planner from joining whole tables).
SELECT r.id, r.source, r.source_key, r.comparable, c.master_id, c.link_no, m.version, m.revision, m.status,
       m.created_at, m.recorded_at
FROM unnest(CAST(:ids AS bigint[])) AS given (id)
CROSS JOIN LATERAL (SELECT * FROM source_record WHERE id = given.id OFFSET 0) AS r
LEFT JOIN LATERAL (
    SELECT master_id, link_no FROM crosswalk WHERE record_id = given.id AND until_version IS NULL OFFSET 0
) AS c ON true
LEFT JOIN LATERAL (SELECT * FROM master WHERE id = c.master_id OFFSET 0) AS m ON true
ORDER BY r.id
