-- Read source records by (domain, source, source key).
SELECT r.id, r.domain, r.source, r.source_key, r.revision, r.ended_at, r.state, r.comparable
FROM unnest(CAST(:domains AS text[]), CAST(:sources AS text[]), CAST(:keys AS text[])) AS g (domain, source, source_key)
JOIN source_record r ON (r.domain, r.source, r.source_key) = (g.domain, g.source, g.source_key)
