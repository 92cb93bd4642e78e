-- I2: every source record that has ever claimed anything links to exactly one master, and that master lives.
SELECT 'record ' || r.domain || ' ' || r.source || '/' || r.source_key || ' has ' || count(m.id)
       || ' links to living masters' AS finding
FROM source_record r
LEFT JOIN crosswalk c ON c.record_id = r.id AND c.until_version IS NULL
LEFT JOIN master m ON m.id = c.master_id AND m.status <> 'merged' AND m.domain = r.domain
WHERE r.state -> 'claims' <> '{}'
GROUP BY r.id
HAVING count(m.id) <> 1
