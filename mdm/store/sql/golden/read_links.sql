-- Read every link masters have, had or lost; the record's state comes with the current ones.
SELECT c.master_id, c.record_id, c.link_no, c.until_version IS NULL AS linked, r.source, r.source_key, r.ended_at,
       CASE WHEN c.until_version IS NULL THEN r.state END AS state
FROM crosswalk c
JOIN source_record r ON r.id = c.record_id
WHERE c.master_id = ANY (CAST(:ids AS uuid[]))
UNION ALL
SELECT master_id, NULL, link_no, false, source, source_key, NULL, NULL
FROM withdrawn_link
WHERE master_id = ANY (CAST(:ids AS uuid[]))
ORDER BY master_id, source, source_key, link_no
