-- Read the crosswalk of one version of a master.
SELECT r.source, r.source_key, c.link_no, c.reason, c.from_version, r.ended_at
FROM crosswalk c
JOIN source_record r ON r.id = c.record_id
WHERE c.master_id = :id AND c.from_version <= :version AND (c.until_version IS NULL OR c.until_version > :version)
ORDER BY r.source, r.source_key
