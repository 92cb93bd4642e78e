-- Read what has not yet come through its stage: how many, and since when the first of them waits.
SELECT 'resolve' AS stage, count(*) AS n, min(received_at) AS since
FROM delivery
WHERE state = 'pending' AND (CAST(:source AS text) IS NULL OR source = :source)
UNION ALL
SELECT 'approve', count(*), min(renewed_at)
FROM change_request
WHERE state = 'open' AND (CAST(:domains AS text[]) IS NULL OR domain = ANY (CAST(:domains AS text[])))
UNION ALL
SELECT 'publish', count(*), min(created_at)
FROM publishers.outbox
WHERE published_at IS NULL AND subject LIKE :subjects
  AND (CAST(:domains AS text[]) IS NULL OR split_part(subject, '.', 4) = ANY (CAST(:domains AS text[])))
