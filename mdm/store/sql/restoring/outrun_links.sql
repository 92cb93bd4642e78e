-- Find the current links of masters that have a lower number than one that was announced and is lost.
SELECT c.master_id, c.record_id, max(w.link_no) + 1 AS number, c.reason
FROM crosswalk c
JOIN source_record r ON r.id = c.record_id
JOIN withdrawn_link w ON (w.domain, w.source, w.source_key) = (r.domain, r.source, r.source_key)
WHERE c.master_id = ANY (CAST(:ids AS uuid[])) AND c.until_version IS NULL
GROUP BY c.master_id, c.record_id, c.link_no, c.reason
HAVING c.link_no < max(w.link_no)
