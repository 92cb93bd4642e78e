-- List the masters of a domain with the versions they had at a recorded time, a page at a time; null: not yet known.
SELECT m.id, v.version, v.status
FROM (
    SELECT id FROM master
    WHERE domain = :domain AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
    ORDER BY id
    LIMIT :limit
) AS m
LEFT JOIN LATERAL (
    SELECT version, status
    FROM golden_version
    WHERE master_id = m.id AND recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
    ORDER BY version DESC
    LIMIT 1
) AS v ON true
ORDER BY m.id
