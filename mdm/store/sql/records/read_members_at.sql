-- Read the records of one version of a master, as they are now.
SELECT c.record_id, c.link_no, r.source, r.source_key, r.ended_at, r.state, r.updated_at
FROM crosswalk c
JOIN source_record r ON r.id = c.record_id
WHERE c.master_id = :id AND c.from_version <= :version AND (c.until_version IS NULL OR c.until_version > :version)
ORDER BY r.source, r.source_key
