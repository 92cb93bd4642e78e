-- Read the state of source records by (domain, source, source key), and the digest of the fact they heard last.
SELECT r.domain, r.source, r.source_key, r.state -> 'claims' AS claims, f.digest
FROM unnest(CAST(:domains AS text[]), CAST(:sources AS text[]), CAST(:keys AS text[])) AS g (domain, source, source_key)
JOIN source_record r ON (r.domain, r.source, r.source_key) = (g.domain, g.source, g.source_key)
JOIN fact f ON f.delivery_id = CAST(r.state #>> '{order,2}' AS bigint)
WHERE r.ended_at IS NULL
