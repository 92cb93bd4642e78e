-- Find live masters whose search text contains every pattern, a page at a time.
SELECT id, version, status
FROM master
WHERE domain = :domain
  AND status <> 'merged'
  AND search_text LIKE :longest  -- an index knows LIKE, and no LIKE ALL
  AND search_text LIKE ALL (CAST(:patterns AS text[]))
  AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
ORDER BY id
LIMIT :limit
