-- Note the records of a domain that other rules concern, and how deep: of a master whose values alone may change, one.
-- What is read otherwise is looked for in facts too: states lack what could not be read before.
CREATE TEMPORARY TABLE affected ON COMMIT DROP AS
WITH RECURSIVE pinned (id, merged_into, attribute) AS (
    SELECT m.id, m.merged_into, o.attribute
    FROM override o
    JOIN master m ON m.id = o.master_id AND m.domain = :domain
    WHERE o.ended_at IS NULL AND o.attribute = ANY (CAST(:pinned AS text[]))
    UNION
    SELECT m.id, m.merged_into, p.attribute
    FROM pinned p
    JOIN master m ON m.id = p.merged_into
)
SELECT id, max(depth) AS depth, bool_or(announced) AS announced
FROM (
    SELECT r.id, 2 AS depth, false AS announced
    FROM source_record r
    WHERE r.domain = :domain AND r.state -> 'claims' ?| CAST(:read AS text[])
    UNION ALL
    SELECT DISTINCT f.record_id, 2, false
    FROM fact f
    JOIN source_record r ON r.id = f.record_id AND r.domain = :domain
    WHERE CAST(:read AS text[]) <> '{}' AND f.attributes ?| CAST(:read AS text[])
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
    UNION ALL
    SELECT min(c.record_id), 0, bool_or(p.attribute = ANY (CAST(:shown AS text[])))
    FROM pinned p
    JOIN crosswalk c ON c.master_id = p.id AND c.until_version IS NULL
    GROUP BY p.id
) AS found
GROUP BY id
