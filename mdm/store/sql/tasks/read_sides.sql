-- Read source records as the two sides of a pair, with the masters they are linked to.
SELECT r.id, r.domain, r.source, r.source_key, r.ended_at, r.state, r.comparable, c.master_id
FROM source_record r
LEFT JOIN crosswalk c ON c.record_id = r.id AND c.until_version IS NULL
WHERE r.id = ANY (CAST(:ids AS bigint[]))
