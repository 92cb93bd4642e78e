-- Find one record of each master of a domain whose parent is kept back because it would close a cycle.
SELECT DISTINCT ON (h.master_id) c.record_id
FROM hold h
JOIN master m ON m.id = h.master_id AND m.domain = :domain
JOIN crosswalk c ON c.master_id = h.master_id AND c.until_version IS NULL
WHERE h.state = 'cycle' AND h.ended_at IS NULL AND h.master_id <> ALL (CAST(:besides AS uuid[]))
ORDER BY h.master_id, c.record_id
