-- Note the records of a domain that other rules concern, and how deep: of a master whose values alone may change, one.
CREATE TEMPORARY TABLE affected ON COMMIT DROP AS
SELECT id, max(depth) AS depth, bool_or(announced) AS announced
FROM (
    SELECT r.id, 2 AS depth, false AS announced
    FROM source_record r
    WHERE r.domain = :domain AND r.state -> 'claims' ?| CAST(:read AS text[])
    UNION ALL
    SELECT r.id, 1, false
    FROM source_record r
    WHERE r.domain = :domain AND :compared
    UNION ALL
    SELECT side.id, 1, false
    FROM edge e
    CROSS JOIN LATERAL (VALUES (e.left_id), (e.right_id)) AS side (id)
    JOIN source_record r ON r.id = side.id AND r.domain = :domain
    WHERE e.weight >= CAST(:low AS real) AND e.weight < CAST(:high AS real)
    UNION ALL
    SELECT min(r.id), 0, bool_or(r.state -> 'claims' ?| CAST(:announced AS text[]))
    FROM source_record r
    JOIN crosswalk c ON c.record_id = r.id AND c.until_version IS NULL
    WHERE r.domain = :domain AND r.state -> 'claims' ?| CAST(:members AS text[])
    GROUP BY c.master_id
) AS found
GROUP BY id
