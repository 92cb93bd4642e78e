-- Read the records that hang together with these: by match edges, must-links and common masters.
WITH RECURSIVE reached (id) AS (
    SELECT unnest(CAST(:ids AS bigint[]))
    UNION
    SELECT next.id
    FROM reached
    CROSS JOIN LATERAL (
        SELECT right_id AS id FROM edge WHERE left_id = reached.id AND outcome = 'match'
        UNION ALL
        SELECT left_id FROM edge WHERE right_id = reached.id AND outcome = 'match'
        UNION ALL
        SELECT right_id FROM record_constraint WHERE left_id = reached.id AND kind = 'must'
        UNION ALL
        SELECT left_id FROM record_constraint WHERE right_id = reached.id AND kind = 'must'
        UNION ALL
        SELECT mate.record_id
        FROM crosswalk own
        JOIN crosswalk mate ON mate.master_id = own.master_id AND mate.until_version IS NULL
        WHERE own.record_id = reached.id AND own.until_version IS NULL
    ) AS next
)
SELECT r.id, r.source, r.source_key, r.comparable, c.master_id, c.link_no, m.version, m.revision, m.status,
       m.created_at, m.recorded_at
FROM reached
JOIN source_record r ON r.id = reached.id
LEFT JOIN crosswalk c ON c.record_id = r.id AND c.until_version IS NULL
LEFT JOIN master m ON m.id = c.master_id
ORDER BY r.id
