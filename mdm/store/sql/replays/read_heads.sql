-- Read the newest published events of the next masters of a replay; a master without one has a null subject.
SELECT r.master_id, h.subject, h.headers, h.data
FROM (
    SELECT master_id
    FROM replay_master
    WHERE replay_id = :id AND master_id > CAST(:after AS uuid)
    ORDER BY master_id
    LIMIT :limit
) AS r
JOIN master m ON m.id = r.master_id
LEFT JOIN publishers.head h ON h.subject = CAST(:root AS text) || '.' || m.domain || '.' || m.id
ORDER BY r.master_id
