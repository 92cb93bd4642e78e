-- Read the records that hang together with these, by match edges, must-links and common masters, with their masters.
-- One statement, so that records and masters are of one snapshot: the revisions vouch for who belongs to the component.
-- OFFSET 0 keeps the planner from joining whole tables: every step is a look into an index, whatever it estimates.
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
        FROM (SELECT master_id FROM crosswalk WHERE record_id = reached.id AND until_version IS NULL OFFSET 0) AS own
        CROSS JOIN LATERAL (
            SELECT record_id FROM crosswalk WHERE master_id = own.master_id AND until_version IS NULL OFFSET 0
        ) AS mate
        OFFSET 0
    ) AS next
)
SELECT r.id, r.source, r.source_key, r.comparable, c.master_id, m.version, m.revision, m.status,
       m.created_at, m.recorded_at, m.evaluated_at, m.retired_at
FROM reached
CROSS JOIN LATERAL (SELECT * FROM source_record WHERE id = reached.id OFFSET 0) AS r
LEFT JOIN LATERAL (
    SELECT master_id FROM crosswalk WHERE record_id = reached.id AND until_version IS NULL OFFSET 0
) AS c ON true
LEFT JOIN LATERAL (SELECT * FROM master WHERE id = c.master_id OFFSET 0) AS m ON true
ORDER BY r.id
