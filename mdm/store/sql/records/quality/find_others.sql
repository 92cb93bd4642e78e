-- Find other records of a domain that say a value: some of the same source, and some of other masters, first those that
-- are known longest.
SELECT g.record_id, g.attribute, g.key, o.kind, o.source, o.source_key
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (domain text, record_id bigint, source text, attribute text, key text)
LEFT JOIN crosswalk mine ON mine.record_id = g.record_id AND mine.until_version IS NULL
CROSS JOIN LATERAL (
    (
        SELECT 'source' AS kind, r.source, r.source_key
        FROM unique_value u
        JOIN source_record r ON r.id = u.record_id AND (r.ended_at IS NULL OR r.ended_at > :now)
        WHERE (u.domain, u.attribute, u.key) = (g.domain, g.attribute, g.key) AND u.record_id <> g.record_id
          AND r.source = g.source
        ORDER BY u.record_id
        LIMIT :most
    )
    UNION ALL
    (
        SELECT 'master', r.source, r.source_key
        FROM unique_value u
        JOIN source_record r ON r.id = u.record_id AND (r.ended_at IS NULL OR r.ended_at > :now)
        JOIN crosswalk c ON c.record_id = u.record_id AND c.until_version IS NULL
        WHERE (u.domain, u.attribute, u.key) = (g.domain, g.attribute, g.key) AND u.record_id <> g.record_id
          AND c.master_id <> mine.master_id
        ORDER BY u.record_id
        LIMIT :most
    )
) AS o
ORDER BY o.source, o.source_key
