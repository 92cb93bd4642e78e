-- Find the other records of a domain that say a value, whose source and master they are of.
SELECT g.record_id, g.attribute, g.key, r.id AS other_id, r.source, r.source_key, c.master_id,
       mine.master_id AS own_master_id
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (domain text, record_id bigint, attribute text, key text)
JOIN unique_value u ON (u.domain, u.attribute, u.key) = (g.domain, g.attribute, g.key)
                   AND u.record_id IS DISTINCT FROM g.record_id
JOIN source_record r ON r.id = u.record_id AND r.ended_at IS NULL
LEFT JOIN crosswalk c ON c.record_id = r.id AND c.until_version IS NULL
LEFT JOIN crosswalk mine ON mine.record_id = g.record_id AND mine.until_version IS NULL
ORDER BY r.source, r.source_key
