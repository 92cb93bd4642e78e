-- Find the master a source record was linked to at a recorded time.
SELECT c.master_id
FROM source_record r
JOIN crosswalk c ON c.record_id = r.id
JOIN golden_version since ON (since.master_id, since.version) = (c.master_id, c.from_version)
LEFT JOIN golden_version until ON (until.master_id, until.version) = (c.master_id, c.until_version)
WHERE r.domain = :domain AND r.source = :source AND r.source_key = :key
  AND since.recorded_at <= CAST(:known_at AS timestamptz)
  AND (until.recorded_at IS NULL OR until.recorded_at > CAST(:known_at AS timestamptz))
ORDER BY since.recorded_at DESC
LIMIT 1
