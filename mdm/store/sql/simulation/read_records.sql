-- Read records with all that comparing and clustering need, and with their states if they are to be compared anew.
SELECT r.id, r.source, r.source_key, r.comparable, c.master_id,
       CASE WHEN :states THEN r.state END AS state
FROM source_record r
LEFT JOIN crosswalk c ON c.record_id = r.id AND c.until_version IS NULL
WHERE r.id = ANY (CAST(:ids AS bigint[]))
ORDER BY r.id
