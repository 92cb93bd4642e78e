-- Read the current crosswalk of every domain.
SELECT r.domain, r.source, r.source_key, c.master_id
FROM crosswalk c
JOIN source_record r ON r.id = c.record_id
WHERE c.until_version IS NULL
