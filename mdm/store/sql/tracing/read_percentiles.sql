-- Read how long the stages of events took that were published in a time, in seconds; less than nothing counts as nothing.
SELECT s.stage, count(*) AS events, count(*) FILTER (WHERE s.took < interval '0') AS skewed,
       percentile_cont(ARRAY[0.5, 0.95, 0.99, 1]) WITHIN GROUP (
           ORDER BY greatest(CAST(extract(epoch FROM s.took) AS double precision), 0)) AS seconds
FROM propagation p
CROSS JOIN LATERAL (VALUES
    ('source', p.accepted_at - p.source_time),
    ('resolve', p.resolved_at - p.accepted_at),
    ('approve', p.approved_at - p.resolved_at),
    ('publish', p.published_at - p.announced_at),
    ('total', p.published_at - p.accepted_at)
) AS s (stage, took)
WHERE p.published_at >= :since AND p.published_at < :until AND s.took IS NOT NULL
  AND (CAST(:domains AS text[]) IS NULL OR p.domain = ANY (CAST(:domains AS text[])))
  AND (CAST(:source AS text) IS NULL OR p.source = :source)
GROUP BY s.stage
