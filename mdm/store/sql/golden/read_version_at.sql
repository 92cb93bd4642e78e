-- Read the newest version of a master recorded by a time, and the domain it is of.
SELECT v.master_id, m.domain, v.version, v.recorded_at, v.evaluated_at, v.event_id, v.event_type, v.release, v.status,
       v.merged_into
FROM golden_version v
JOIN master m ON m.id = v.master_id
WHERE v.master_id = :id AND v.recorded_at <= coalesce(CAST(:known_at AS timestamptz), 'infinity')
ORDER BY v.version DESC
LIMIT 1
