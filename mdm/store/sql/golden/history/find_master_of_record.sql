-- Find the master a source record was linked to at a recorded time, by the indexes on links that stand and former ones.
WITH record AS (
    SELECT id FROM source_record WHERE domain = :domain AND source = :source AND source_key = :key
), link AS (
    SELECT c.master_id, c.from_version, c.until_version
    FROM record JOIN crosswalk c ON c.record_id = record.id AND c.until_version IS NULL
    UNION ALL
    SELECT c.master_id, c.from_version, c.until_version
    FROM record JOIN crosswalk c ON c.record_id = record.id AND c.until_version IS NOT NULL
)
SELECT link.master_id
FROM link
JOIN golden_version since ON (since.master_id, since.version) = (link.master_id, link.from_version)
LEFT JOIN golden_version until ON (until.master_id, until.version) = (link.master_id, link.until_version)
WHERE since.recorded_at <= CAST(:known_at AS timestamptz)
  AND (until.recorded_at IS NULL OR until.recorded_at > CAST(:known_at AS timestamptz))
ORDER BY since.recorded_at DESC
LIMIT 1
