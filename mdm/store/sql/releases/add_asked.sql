-- Note also one record of each master of which owners were asked about what sources say, by other rules than from now on.
INSERT INTO affected (id, depth, announced)
SELECT min(k.record_id), 0, false
FROM change_request c
JOIN crosswalk k ON k.master_id = c.master_id AND k.until_version IS NULL
WHERE c.domain = :domain AND c.state = 'open' AND c.kind = 'source'
  AND EXISTS (SELECT FROM jsonb_array_elements(c.changes) AS asked (change)
              WHERE asked.change ->> 'attribute' = ANY (CAST(:units AS text[])))
GROUP BY c.master_id
