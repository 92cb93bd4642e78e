-- Find the masters that references lead to: those of source records, and (source 'hub') masters by their ids, which may
-- have been merged since.
WITH RECURSIVE given (domain, source, key) AS (
    SELECT * FROM unnest(CAST(:domains AS text[]), CAST(:sources AS text[]), CAST(:keys AS text[]))
), path (domain, key, id, merged_into, status) AS (
    SELECT g.domain, g.key, m.id, m.merged_into, m.status
    FROM given g
    JOIN master m ON m.id = CAST(g.key AS uuid) AND m.domain = g.domain
    WHERE g.source = 'hub'
    UNION
    SELECT p.domain, p.key, m.id, m.merged_into, m.status
    FROM path p
    JOIN master m ON m.id = p.merged_into
)
SELECT g.domain, g.source, g.key, c.master_id
FROM given g
JOIN source_record r ON (r.domain, r.source, r.source_key) = (g.domain, g.source, g.key)
JOIN crosswalk c ON c.record_id = r.id AND c.until_version IS NULL
UNION ALL
SELECT domain, 'hub', key, id FROM path WHERE merged_into IS NULL
