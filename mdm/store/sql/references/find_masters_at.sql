-- Find the masters that references led to at a recorded instant: those of source records by their links, and (source
-- 'hub') masters by their ids, which may have been merged by then.
WITH RECURSIVE given (domain, source, key) AS (
    SELECT * FROM unnest(CAST(:domains AS text[]), CAST(:sources AS text[]), CAST(:keys AS text[]))
), path (domain, key, id, merged_into) AS (
    SELECT g.domain, g.key, m.id, then_.merged_into
    FROM given g
    JOIN master m ON m.id = CAST(g.key AS uuid) AND m.domain = g.domain
    CROSS JOIN LATERAL (
        SELECT v.merged_into FROM golden_version v
        WHERE v.master_id = m.id AND v.recorded_at <= :known_at
        ORDER BY v.version DESC
        LIMIT 1
    ) AS then_
    WHERE g.source = 'hub'
    UNION
    SELECT p.domain, p.key, p.merged_into, then_.merged_into
    FROM path p
    CROSS JOIN LATERAL (
        SELECT v.merged_into FROM golden_version v
        WHERE v.master_id = p.merged_into AND v.recorded_at <= :known_at
        ORDER BY v.version DESC
        LIMIT 1
    ) AS then_
)
SELECT * FROM (
    SELECT DISTINCT ON (r.id) g.domain, g.source, g.key, c.master_id
    FROM given g
    JOIN source_record r ON (r.domain, r.source, r.source_key) = (g.domain, g.source, g.key)
    JOIN crosswalk c ON c.record_id = r.id
    JOIN golden_version v ON (v.master_id, v.version) = (c.master_id, c.from_version) AND v.recorded_at <= :known_at
    LEFT JOIN golden_version w ON (w.master_id, w.version) = (c.master_id, c.until_version)
    WHERE w.recorded_at IS NULL OR w.recorded_at > :known_at
    ORDER BY r.id, c.link_no DESC
) AS linked
UNION ALL
SELECT domain, 'hub', key, id FROM path WHERE merged_into IS NULL
