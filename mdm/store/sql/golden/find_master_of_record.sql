-- Find the master a source record is linked to now.
SELECT c.master_id
FROM source_record r
JOIN crosswalk c ON c.record_id = r.id AND c.until_version IS NULL
WHERE r.domain = :domain AND r.source = :source AND r.source_key = :key
